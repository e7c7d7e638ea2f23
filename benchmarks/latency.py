"""What a user waits for the first time, in fresh processes without compiled programs.

As a script: `python latency.py TASK` prints its own processor and wall seconds, without the import.
Where the variable `GENLOOP_BASELINE` names an older checkout it takes turns with this one.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

from timing import Row

REPEATS = 3
CASES = {
    "fixed point and multipliers, K = 3": ("nothing", "fixed_point"),
    "the same of another K": ("fixed_point", "of_five"),
    "the same of another loop, with TopK": ("fixed_point", "truncated"),
    "the same at another temperature": ("fixed_point", "warmer"),
    "a function of one's own": ("nothing", "own"),
    "gradient of the spectral radius": ("nothing", "gradient"),
    "threshold of a spectral radius": ("nothing", "crossing"),
    "branch with its events": ("nothing", "branch"),
    "thresholds at a temperature": ("nothing", "thresholds"),
    "fixed point of a Gaussian": ("nothing", "gaussian"),
}
COMMAND = ["threshold", "--tokens", "demo", "--temperature", "0.8"]


def rows() -> list[Row]:
    """Every case from Python, and a threshold of the demo text from the command line."""
    table = []
    for task, case in CASES.items():
        table += compared(task, lambda source, case=case: called(source, *case))
    table += compared("genloop threshold, demo text, cold", lambda source: commanded(source)[0])
    table += compared("genloop threshold, demo text, warm", lambda source: commanded(source)[1])
    return table


def compared(task: str, measure) -> list[Row]:
    """Medians of this checkout and of the baseline, in turns."""
    sources = {"genloop": None}
    if "GENLOOP_BASELINE" in os.environ:
        sources["genloop, baseline"] = os.environ["GENLOOP_BASELINE"]
    pairs = {name: [] for name in sources}
    for _ in range(REPEATS):
        for name, source in sources.items():
            pairs[name].append(measure(source))
    medians = {
        name: [statistics.median(c) for c in zip(*p, strict=True)] for name, p in pairs.items()
    }
    ours = medians["genloop"][0]
    return [Row(task, name, cpu, wall, "s", cpu / ours) for name, (cpu, wall) in medians.items()]


def environment(source: str | None) -> dict[str, str]:
    """That of a process which imports the package from a checkout, or the one installed."""
    added = {} if source is None else {"PYTHONPATH": str(pathlib.Path(source) / "src")}
    return {**os.environ, **added}


def called(source: str | None, before: str, what: str) -> tuple[float, float]:
    """Processor and wall seconds of one case in its own process."""
    command = [sys.executable, __file__, before, what]
    options = {"capture_output": True, "text": True, "check": True}
    done = subprocess.run(command, env=environment(source), **options)
    cpu, wall = map(float, done.stdout.split())
    return cpu, wall


def commanded(source: str | None) -> list[tuple[float, float]]:
    """The same of the command, with an empty folder of compiled programs and once more."""
    with tempfile.TemporaryDirectory() as cache:
        return [once({**environment(source), "XDG_CACHE_HOME": cache}) for _ in range(2)]


def once(variables: dict[str, str]) -> tuple[float, float]:
    """Processor and wall seconds of one run of the command."""
    begin, before = time.perf_counter(), os.times()
    command = [sys.executable, "-m", "genloop", *COMMAND]
    subprocess.run(command, env=variables, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    cpu = after.children_user + after.children_system
    cpu -= before.children_user + before.children_system
    return cpu, time.perf_counter() - begin


class Cases:
    """What is measured, on three outcomes if nothing else is said."""

    def __init__(self, gl):
        self.gl = gl
        self.real = gl.Categorical.of([5, 3, 2])

    def loop(self, temperature, real_fraction, real=None):
        gl, real = self.gl, self.real if real is None else real
        return gl.Temper(temperature) >> gl.Mix(real, real_fraction)

    def solved(self, loop, real=None):
        found = self.gl.fixed_point(loop, self.real if real is None else real)
        return found.state, found.multipliers

    def nothing(self):
        return ()

    def fixed_point(self):
        return self.solved(self.loop(0.8, 0.3))

    def warmer(self):
        return self.solved(self.loop(0.7, 0.4))

    def of_five(self):
        real = self.gl.Categorical.of([5, 3, 2, 1, 1])
        return self.solved(self.loop(0.8, 0.3, real), real)

    def truncated(self):
        gl = self.gl
        return self.solved(gl.Temper(0.8) >> gl.TopK(2) >> gl.Mix(self.real, 0.3))

    def own(self):
        import jax.numpy as jnp

        start = jnp.array([0.5, 0.2])
        return self.solved(lambda x: 0.9 * jnp.cos(x) + 0.1 * x[::-1], start)

    def gradient(self):
        import jax

        return jax.grad(lambda a: self.radius(a))(0.3)

    def crossing(self):
        return self.gl.threshold(self.radius, 0.2, 0.9, level=0.5)

    def radius(self, real_fraction):
        return self.gl.fixed_point(self.loop(0.8, real_fraction), self.real).spectral_radius

    def branch(self):
        family = lambda real_fraction: self.loop(0.8, real_fraction)
        found = self.gl.branch(family, self.real, 0.01, 1.0, start=1.0)
        return found.parameter, found.events.parameter

    def thresholds(self):
        return self.gl.loops.temperature.thresholds(self.real, temperature=0.8)

    def gaussian(self):
        gl = self.gl
        real = gl.Gaussian.of([0.0, 1.0], [[1.0, 0.2], [0.2, 2.0]])
        return self.solved(gl.Temper(0.8) >> gl.Mix(real, 0.3), real)


def run(before: str, what: str) -> None:
    """Print the processor and wall seconds of one case after another."""
    import jax

    jax.config.update("jax_enable_x64", True)
    import genloop as gl

    cases = Cases(gl)
    # What is imported on first use is no part of the waiting for an answer.
    _ = gl.fixed_point, gl.branch, gl.loops.temperature.thresholds, gl.Temper
    jax.block_until_ready(getattr(cases, before)())
    cpu, wall = time.process_time(), time.perf_counter()
    jax.block_until_ready(getattr(cases, what)())
    print(time.process_time() - cpu, time.perf_counter() - wall)


if __name__ == "__main__":
    run(*sys.argv[1:])
