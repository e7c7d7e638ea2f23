"""`genloop fixed-points --certify`: existence and stability of what is listed."""

from . import proofs

_OUTCOMES, _NEAR = 200, 1e-6


def solve(points, real, temperature: str, real_fraction: str, digits: int) -> dict:
    """A certificate for every fixed point, by its number in the list."""
    from ..certificates import certify_fixed_point
    from ..certificates.certificate import not_proved

    outcomes = getattr(real, "outcomes", 0)
    if outcomes > _OUTCOMES:
        reason = f"{outcomes:,} outcomes; fixed points are proved for at most {_OUTCOMES} of them"
        return {f"{i}": not_proved(reason) for i, _ in enumerate(points, 1)}
    family, exact = _family(real)
    parameters = [temperature, real_fraction, *exact]
    return {
        f"{i}": certify_fixed_point(
            family, point.state, parameters=parameters, digits=digits, within=_NEAR
        )
        for i, point in enumerate(points, 1)
    }


def _family(real):
    """The loop as a function of exact numbers, and those of them that are real probabilities."""
    from ..loops.temperature.proofs.thresholds import exact_probabilities
    from ..models import Categorical
    from ..stages import Mix, Temper

    if not isinstance(real, Categorical):
        return (lambda t, a: Temper(t) >> Mix(real, a)), []
    loop = lambda t, a, r: Temper(t) >> Mix(Categorical(r, real.origin), a)
    return loop, [exact_probabilities(real)]


def lines(found: dict, path: str | None):
    """The table of proofs."""
    described = {
        name: record | {"enclosure": None, "claim": f": {_verdict(record)}"}
        for name, record in found.items()
    }
    titles = {name: f"fixed point {name}" for name in found}
    yield from proofs.lines(described, titles, path)


def _verdict(record) -> str:
    """What is proved, in short; the enclosures of all numbers are in the document."""
    if record["claim"] is None:
        return ""
    widest = max((x.rpartition(" ")[2] for x in record["state"]), key=float)
    return f"alone in a box of +/- {widest}; {record['claim'].rpartition('; ')[2]}"
