"""Peak memory of streaming statistics, while replicates x generations grow tenfold.

As a script: `python memory.py REPLICATES GENERATIONS` prints its own peak in mebibytes.
"""

import resource
import subprocess
import sys
import time

from timing import Row

SIZES = ((10_000, 100), (100_000, 100), (100_000, 1000))


def rows() -> list[Row]:
    """The peak of a fresh process for each size."""
    table = []
    for replicates, generations in SIZES:
        begin = time.perf_counter()
        command = [sys.executable, __file__, str(replicates), str(generations)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        peak, cpu = map(float, done.stdout.split())
        task = (
            f"streaming, {replicates} replicates x {generations} generations, peak {peak:.0f} MiB"
        )
        table.append(Row(task, "genloop", cpu, time.perf_counter() - begin, "s", 1.0))
    return table


def run(replicates: int, generations: int) -> None:
    """Stream one loop and print the peak in mebibytes and the processor seconds."""
    import genloop as gl

    with gl.x64():
        import jax

        loop = gl.Draw(100) >> gl.Unbias(100)
        start = gl.Gaussian.of(0.0, 1.0)
        options = {"generations": generations, "replicates": replicates}
        result = gl.orbit_statistics(loop.step, jax.random.key(0), start, **options)
        jax.block_until_ready(result.mean)
    usage = resource.getrusage(resource.RUSAGE_SELF)
    # macOS counts bytes, Linux kibibytes.
    peak = usage.ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    print(peak, usage.ru_utime + usage.ru_stime)


if __name__ == "__main__":
    run(*map(int, sys.argv[1:]))
