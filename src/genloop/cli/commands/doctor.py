"""`genloop doctor`: what this installation is and whether it computes."""

from ...answers.documents import versions
from .. import outputs, session
from ..document import document
from ..exits import DONE, UNDECIDED
from ..options import Json, Out, Seed, check_seed
from ..terminal import deliver, progress, table


def command(as_json: Json = False, seed: Seed = 0, out: Out = None) -> int:
    """Show versions, devices, precision and cache, and solve a small problem.

    Add the output of `genloop doctor --json` to a report of a problem.
    """
    check_seed(seed)
    outputs.check({"--out": out})
    with progress("looking at the installation"):
        session.start()
        result = _examine()
    report = document("doctor", result, seed=seed)
    deliver(report, lambda: _lines(result), as_json=as_json, out=out)
    return DONE if result["healthy"] else UNDECIDED


def _examine() -> dict:
    import jax

    solved = _solve()
    return {
        "versions": versions(),
        "devices": [str(device) for device in jax.devices()],
        "double_precision": bool(jax.config.jax_enable_x64),
        "compilation_cache": jax.config.jax_compilation_cache_dir,
        "extras": {name: _installed(name) for name in ("wordfreq",)},
        "smoke_solve": solved,
        "healthy": solved["error"] <= 1e-12 and solved["residual"] <= 1e-12,
    }


def _solve() -> dict:
    """Two outcomes at T = 1/2 and a = 2/5: the winner has (1 + sqrt(1 - 2 a)) / 2."""
    import numpy as np

    from ...analysis import fixed_point
    from ...models import Categorical
    from ...stages import Mix, Temper

    loop = Temper(0.5) >> Mix(Categorical.uniform(2), 0.4)
    found = fixed_point(loop, Categorical(np.array([0.7, 0.3])))
    expected = (1 + (1 - 2 * 0.4) ** 0.5) / 2
    winner = float(found.state.probabilities[0])
    return {
        "problem": "two outcomes, temperature 0.5, real fraction 0.4",
        "expected": expected,
        "found": winner,
        "error": abs(winner - expected),
        "residual": float(found.residual),
        "spectral_radius": float(found.spectral_radius),
    }


def _installed(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec(name) is not None


def _lines(result: dict):
    rows = [(name, version or "not installed") for name, version in result["versions"].items()]
    rows += [
        ("devices", ", ".join(result["devices"])),
        ("double precision", "on" if result["double_precision"] else "off"),
        ("compilation cache", result["compilation_cache"] or "off: its folder is not writable"),
    ]
    rows += [(name, "yes" if there else "no") for name, there in result["extras"].items()]
    yield table("genloop doctor", ("what", "value"), rows)
    solved = result["smoke_solve"]
    verdict = "All is well" if result["healthy"] else "Something is wrong"
    yield (
        f"{verdict}: a fixed point that is known in closed form was found with error "
        f"{solved['error']:.1e} and residual {solved['residual']:.1e}."
    )
