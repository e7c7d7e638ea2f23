"""`genloop fixed-points`: where a loop can end."""

from collections import Counter
from typing import Annotated

import typer

from .. import (
    inputs,
    options,
    outputs,
    proofs,
    resources,
    session,
    stable_states,
)
from ..document import document
from ..exits import DONE, UNDECIDED
from ..options import (
    CountColumn,
    Counts,
    Field,
    Json,
    Out,
    RealFraction,
    Seed,
    Table,
    Temperature,
    TokenColumn,
    Tokens,
    Uniform,
    Words,
)
from ..proofs import Certificates, Certify, Digits
from ..terminal import counted, deliver, label, percent, progress, table as grid

Starts = Annotated[
    int,
    typer.Option("--starts", metavar="N", help="Also start where each of the N likeliest won."),
]
All = Annotated[
    bool, typer.Option("--all", help="Name every outcome that can win, not one of equals only.")
]
_VERDICTS = {"stable": True, "unstable": False, "undecided": None}
_LISTED = 20
_DIMENSIONS = 40


def command(
    tokens: Tokens = None,
    counts: Counts = None,
    table: Table = None,
    words: Words = None,
    field: Field = None,
    token_column: TokenColumn = None,
    count_column: CountColumn = None,
    uniform: Uniform = None,
    temperature: Temperature = 1.0,
    real_fraction: RealFraction = 0.1,
    starts: Starts = 5,
    all_winners: All = False,
    certify: Certify = False,
    digits: Digits = None,
    certificates: Certificates = None,
    as_json: Json = False,
    seed: Seed = 0,
    out: Out = None,
) -> int:
    """List the fixed points of a loop, each with its stability and its residual.

    The search starts from the real data, from the uniform distribution and from states that one
    of the N most probable outcomes has won. For tokens the stable states are also listed without a
    search, all of them, and the first of them are starts as well. Exit code 3 if no fixed point is
    found, or with --certify if one of them is not proved.
    """
    chosen = {"tokens": tokens, "counts": counts, "table": table, "words": words}
    chosen |= {"field": field, "token_column": token_column, "count_column": count_column}
    inputs.check_one(**chosen, uniform=uniform)
    options.check_temperature(temperature)
    options.check_fraction(real_fraction)
    options.check_count(starts, "--starts", 0, 10**5)
    options.check_seed(seed)
    outputs.check({"--out": out, "--certificates": certificates}, inputs.files(**chosen))
    proofs.check(certify, digits, certificates)
    with progress("solving") as show:
        session.start()
        real = inputs.read(**chosen, uniform=uniform)
        _check_cost(real, starts, temperature)
        found, result = _solve(real, temperature, real_fraction, starts, all_winners, show)
        proved = _proved(found, real, temperature, real_fraction, digits) if certify else {}
    named = {f"fixed point {name}": one for name, one in proved.items()}
    saved = proofs.files(certificates, named)
    result["certificates"] = {name: proofs.recorded(one) for name, one in proved.items()}
    report = document("fixed-points", result, numerics={"tolerance": 1e-12}, seed=seed, model=real)
    deliver(report, lambda: _lines(result, certificates), as_json=as_json, out=out, files=saved)
    complete = result["fixed_points"] and all(one.proved for one in proved.values())
    return DONE if complete else UNDECIDED


def _check_cost(real, starts: int, temperature: float) -> None:
    """Every start is followed, and what it finds is compared with all that was found before."""
    won = min(starts, getattr(real, "outcomes", 0))
    begun = 2 * won + 3 if temperature < 1 else 1
    # Nothing but a state and its derivative is kept of each.
    cost = resources.Cost(600 + 40 * begun, 2500 * begun + 20 * begun**2, 1500, 2e5)
    remedy = "ask for fewer with --starts, or give fewer outcomes"
    resources.check_outcomes("fixed points", real, cost, base=1e6 * begun**2, remedy=remedy)


def _proved(found, real, temperature, real_fraction, digits) -> dict:
    from .. import fixed_point_proofs

    numbers = (
        proofs.typed(temperature, "--temperature", "-T"),
        proofs.typed(real_fraction, "--real-fraction", "-a"),
    )
    return fixed_point_proofs.solve(
        found, real, *numbers, proofs.DIGITS if digits is None else digits
    )


def _solve(real, temperature, real_fraction, count, all_winners, show) -> tuple[list, dict]:
    from ...analysis import fixed_points
    from ...stages import Mix, Temper

    loop = Temper(temperature) >> Mix(real, real_fraction)
    complete = stable_states.solve(real, temperature, real_fraction, names=all_winners)
    known = stable_states.states(real, temperature, real_fraction, count)
    first = [*known, *_starts(real, real_fraction, count)]
    # From temperature one on the only state is known, and nothing else needs to be sought [HD-7].
    first = first[:1] if known and temperature >= 1 else first
    watched = (show(100 * i / len(first), f"start {i + 1}") or s for i, s in enumerate(first))
    found = fixed_points(loop, watched)
    return found, {
        "input": inputs.described(real),
        "temperature": temperature,
        "real_fraction": real_fraction,
        "starts": len(first),
        "fixed_points": [_described(point, real) for point in found],
        **complete,
    }


def _starts(real, real_fraction, count):
    from ...models import Categorical

    yield real
    if not isinstance(real, Categorical):
        options.check_count(real.dimension, "the number of columns", 1, _DIMENSIONS)
        return
    import numpy as np

    probabilities = np.asarray(real.probabilities)
    yield Categorical(np.full(real.outcomes, 1 / real.outcomes), real.origin)
    # At temperature zero the loop that outcome i has won rests exactly at a r + (1 - a) e_i.
    for winner in np.argsort(-probabilities, kind="stable")[:count]:
        won = max(real_fraction, 1e-3) * probabilities
        won[winner] += 1 - won.sum()
        yield Categorical(won, real.origin)


def _described(point, real) -> dict:
    from ...models import Categorical

    state = _outcomes if isinstance(real, Categorical) else _moments
    return {
        **state(point.state, real),
        "stable": _VERDICTS[point.stability],
        "reason": point.reason,
        "spectral_radius": float(point.spectral_radius),
        "residual": float(point.residual),
    }


def _outcomes(state, real) -> dict:
    import numpy as np

    from ..threshold_outcomes import name_of

    probabilities = np.asarray(state.probabilities)
    largest = np.argsort(-probabilities, kind="stable")[:_LISTED]
    return {
        "state": {name_of(real, int(i)): float(probabilities[i]) for i in largest},
        "entropy": float(np.log(inputs.effective_vocabulary(probabilities))),
        "effective_vocabulary": inputs.effective_vocabulary(probabilities),
        "total_variation": float(
            0.5 * np.abs(probabilities - np.asarray(real.probabilities)).sum()
        ),
    }


def _moments(state, real) -> dict:
    import numpy as np

    return {
        "state": {"mean": np.asarray(state.mean), "covariance": np.asarray(state.covariance)},
        "variance_kept": float(np.trace(state.covariance) / np.trace(real.covariance)),
    }


def _lines(result: dict, path: str | None):
    points = result["fixed_points"]
    share, temperature = percent(result["real_fraction"]), result["temperature"]
    starts = counted(result["starts"], "start")
    yield from inputs.lines(result["input"])
    yield f"loop        temperature {temperature:g}, {share} real data, {starts}"
    if not points:
        yield "No fixed point was found; that does not prove that there is none."
        return
    columns = ("", "verdict", "spectral radius", "residual", "where")
    yield grid("", columns, [_row(i, point) for i, point in enumerate(points, 1)])
    yield from _undecided(points)
    counts = Counter(map(_verdict, points))
    stable, open_ = counts["stable"], counts["undecided"]
    yield (
        f"{len(points)} found, {stable} stable{f', {open_} undecided' if open_ else ''}: a loop "
        "that comes near a stable one ends there; an unstable one is left by the smallest "
        "disturbance."
    )
    if stable > 1:
        yield "With several stable ones the end of the loop depends on the first model."
    yield from stable_states.lines(result)
    if result["certificates"]:
        from .. import fixed_point_proofs

        yield from fixed_point_proofs.lines(result["certificates"], path)


def _row(index: int, point: dict) -> tuple[str, ...]:
    radius, residual = f"{point['spectral_radius']:.6g}", f"{point['residual']:.0e}"
    return str(index), _verdict(point), radius, residual, _where(point)


def _undecided(points: list[dict]):
    """Why there is no verdict, each reason once."""
    reasons = {}
    for index, point in enumerate(points, 1):
        if point["stable"] is None:
            reasons.setdefault(point["reason"], []).append(str(index))
    for reason, places in reasons.items():
        yield f"Undecided, {', '.join(places)}: {reason}."


def _verdict(point: dict) -> str:
    return next(word for word, known in _VERDICTS.items() if known is point["stable"])


def _where(point: dict) -> str:
    if "variance_kept" in point:
        return f"{percent(point['variance_kept'])} of the real variance"
    top = list(point["state"].items())[:3]
    shares = ", ".join(f"{label(name)} {percent(share)}" for name, share in top)
    return f"effective vocabulary {point['effective_vocabulary']:,.4g}: {shares}"
