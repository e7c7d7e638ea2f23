"""What becomes of a schedule that goes on for ever, against the recursion walked far."""

import itertools

import numpy as np
import pytest

import genloop as gl
from genloop.answers.plans.limits import limit_of
from genloop.language import Scheduled
from genloop.loops import contamination

LINE = gl.Gaussian.of(0.0, 1.0)
HEATS = (
    "1",
    "1 + 1/(t+2)",
    "1 - 1/(t+2)",
    "1 - 2/(t+3)",
    "1 + 1/(t+2)**2",
    "1 - (t+1)**-0.5/2",
    "1 + 0.1*(t+1)**-0.5",
    "0.9",
    "1.1 - 1/(t+9)",
)
SAMPLES = ("20", "20 + 9/(t+1)", "100*(t+1)", "3*(t+1)**0.5 + 2", "10*(t+1)**2")
SHARES = (
    "0",
    "0.1",
    "0.5/(t+3)",
    "3/(t+3)",
    "(t+1)**-0.5/2",
    "1/(t+3)**2",
    "0.5 + 0.4/(t+1)",
)
FITTED = (None, "n", "k")
BETWEEN, FAR = 2_000, 20_000


def _walk(heat, samples, share, fitted):
    """Error of the mean and variance at two times, by ST-B3, for many schedules at once."""
    error, variance = np.zeros(heat.shape[1]), np.ones(heat.shape[1])
    for t in range(FAR):
        a, n, tempered = share[t], samples[t], heat[t] * variance
        moved = error + tempered / n
        variance = fitted[t] * ((1 - a) * (1 - 1 / n) * tempered + a + (1 - a) * a * moved)
        error = (1 - a) ** 2 * moved
        if t + 1 == BETWEEN:
            before = error, variance
    return before, (error, variance)


def _columns(formulas, *, whole=False):
    t = np.arange(float(FAR))
    found = {f: np.broadcast_to(eval(f, {"t": t}), t.shape) for f in set(formulas)}
    numbers = np.stack([found[f] for f in formulas], axis=1)
    return np.round(numbers) if whole else numbers


def _limit(heat, samples, share, fitted):
    loop = "Temper(T) >> Draw(n) >> Mix(real, a)" + (f" >> Unbias({fitted})" if fitted else "")
    schedule = {"T": heat, "n": samples, "a": share}
    if fitted == "k":
        schedule["k"] = f"{samples} + 7"
    return limit_of(Scheduled.of(loop, schedule), LINE)


def _nearer(after, before, goal):
    gap, gap_before = abs(after - goal), abs(before - goal)
    return gap < 0.98 * gap_before or gap < 2e-3


def _agrees(found, before, after):
    """Whether what was walked goes where the verdict says."""
    (error_before, kept_before), (error, kept) = before, after
    if found.verdict == "grows":
        return error + kept > 1.1 * (error_before + kept_before) or error > 1.1 * error_before
    if found.verdict == "collapses":
        heading = found.error_of_mean is None or _nearer(
            error, error_before, found.error_of_mean**2
        )
        return kept < 0.99 * kept_before and heading
    if found.kept is None:
        return abs(kept - kept_before) < 0.02 * kept and abs(error - error_before) < 0.02
    heading = found.error_of_mean is None or _nearer(error, error_before, found.error_of_mean**2)
    return heading and _nearer(kept, kept_before, found.kept)


def test_every_verdict_is_where_the_recursion_goes():
    cases = list(itertools.product(HEATS, SAMPLES, SHARES, FITTED))[::4]
    heat, samples, share, fitted = zip(*cases, strict=True)
    n = _columns(samples, whole=True)
    k = np.where([f == "k" for f in fitted], n + 7, n)
    factor = np.where([f is None for f in fitted], 1.0, k / (k - 1))
    with np.errstate(over="ignore", invalid="ignore"):
        before, after = _walk(_columns(heat), n, _columns(share), factor)
    decided, wrong = 0, {}
    for i, case in enumerate(cases):
        found = _limit(*case)
        decided += found.verdict != "undecided"
        ends = [tuple(float(x[i]) for x in pair) for pair in (before, after)]
        overflows = not np.isfinite(ends).all()
        agrees = found.verdict == "grows" if overflows else _agrees(found, *ends)
        if found.verdict != "undecided" and not agrees:
            wrong[case] = (found, *ends)
    assert not wrong
    assert decided > 0.75 * len(cases)


NEUTRAL = {
    "above one": ("1+1/(t+2)", "100*(t+1)", "0.5/(t+3)", None, "grows", None),
    "below one": ("1-1/(t+2)", "1000*(t+1)", "1/(t+3)", None, "bounded", 1 / (2 + 1 / 2000)),
    "no more real data": ("1-2/(t+3)", "100*(t+1)**2", "1/(t+3)**2", None, "collapses", 0.0),
    "another number": ("1", "3*(t+1)**0.5+1", "0", "k", "undecided", None),
    "other numbers that grow": ("1", "3*(t+1)+1", "0", "k", "grows", None),
    "the same number": ("1", "3*(t+1)**0.5+1", "0", "n", "grows", 1.0),
    "one, written otherwise": ("2 - 3/3", "9*(t+1)", "0", "n", "grows", 1.0),
    "negative samples": ("1", "1000 - t", "0.5/(t+3)", None, "undecided", None),
    "a border": ("1+1/(t+2)", "10*(t+1)**2", "1/(t+3)", None, "undecided", None),
    "a single sample, which no stage draws": ("1", "1", "0.5", None, "undecided", None),
    "no variance in the first generation": ("1.5", "t+1", "0", None, "undecided", None),
}


@pytest.mark.parametrize(
    "heat, samples, share, fitted, verdict, kept", NEUTRAL.values(), ids=NEUTRAL
)
def test_what_tends_to_its_neutral_value_is_not_neutral(
    heat, samples, share, fitted, verdict, kept
):
    found = _limit(heat, samples, share, fitted)
    assert found.verdict == verdict
    assert found.kept == (None if kept is None else pytest.approx(kept, rel=1e-9))


def test_other_data_than_the_real_have_no_verdict():
    schedule = {"a": "0.5/(t+1)"}
    loop = Scheduled.of("Draw(9) >> Mix(Gaussian(1, 2), a)", schedule)
    assert limit_of(loop, LINE).verdict == "undecided"


def test_outcomes_have_no_verdict_at_a_temperature_that_tends_to_one():
    schedule = {"T": "1-1/(t+2)", "a": "0.5/(t+1)"}
    loop = Scheduled.of("Temper(T) >> Mix(real, a)", schedule)
    assert limit_of(loop, gl.Categorical.of([5, 3, 2])).verdict == "undecided"


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
@pytest.mark.parametrize("z, d, u", [(0.5, -1.0, 0.0), (0.4, 0.3, 0.4), (0.0, 0.5, 0.0)])
def test_the_limit_of_rates_is_the_fixed_point_of_a_far_generation(z, d, u, order):
    a, law = 1e-6, contamination.PowerLaw
    stages = [
        lambda x: x.mix(LINE, a),
        lambda x: x.draw(1 / (z * a)) if z else x,
        lambda x: x.temper(1 + d * a),
        lambda x: x.unbias(1 / (u * a)) if u else x,
    ]

    def after(error, variance):
        state = gl.models.GaussianMoments(np.zeros(1), np.eye(1) * error, np.eye(1) * variance)
        for place in order:
            state = stages[place](state)
        return np.array([float(state.mean_covariance[0, 0]), float(state.covariance[0, 0])])

    source = after(0.0, 0.0)
    matrix = np.stack([after(1.0, 0.0) - source, after(0.0, 1.0) - source], axis=1)
    rates = {"noise": law(z, -1.0), "heat": law(d, -1.0), "undone": law(u, -1.0)}
    found = contamination.limit_of_rates(law(1.0, -1.0), **rates)
    assert found == pytest.approx(np.linalg.solve(np.eye(2) - matrix, source), rel=1e-5, abs=1e-5)


GEOMETRIC = {
    "a share with a finite sum": ({"a": "0.5**(t+1)", "n": "20"}, "collapses", 0.0),
    "samples that grow": ({"a": "0.3 + 0.5*0.9**t", "n": "20*1.1**t"}, "vanishes", 1.0),
    "both": ({"a": "0.9**t", "n": "20*1.1**t"}, "bounded", None),
    "no number at first": ({"a": "4/t * 2**(-t) * 2**(t-1)", "n": "9*(t+1)"}, "undecided", None),
    "what cancels": ({"a": "2**(-t)*2**(t-1)/(t+2)", "n": "2*(t+1)"}, "bounded", 2 / 3),
    "rounding": ({"a": "0.5*2**(t/3)*2**(-t/3)", "n": "20"}, "undecided", None),
    "a share that grows": ({"a": "0.001*1.5**t", "n": "20"}, "undecided", None),
    "a share that falls": ({"a": "0.5 - 0.01*t", "n": "20"}, "undecided", None),
    "few samples in the end": ({"a": "0.5", "n": "100 - t"}, "undecided", None),
    "one bad generation": ({"a": "0.5", "n": "2 + (t-30)**2 - 1"}, "undecided", None),
}


@pytest.mark.parametrize("schedule, verdict, kept", GEOMETRIC.values(), ids=GEOMETRIC)
def test_geometric_sequences_have_the_limit_of_the_criterion(schedule, verdict, kept):
    found = limit_of(Scheduled.of("Draw(n) >> Mix(real, a)", schedule), LINE)
    assert (found.verdict, found.kept) == (verdict, kept and pytest.approx(kept))


def test_a_number_that_leaves_its_range_is_named_with_the_generation():
    loop = "Temper(T) >> Draw(n) >> Mix(real, a)"
    for formulas, words in {
        ("1", "100 - t", "0.1"): "n is 1 in generation 99, and at least two samples are needed",
        ("1", "100", "0.5 + 0.01*t"): "a is 1.01 in generation 51, and shares lie between 0 and 1",
        ("2 - 0.125*t", "9", "0.1"): "T is 0 in generation 16, and temperatures are positive",
        ("1", "9", "0.1/(t - 20)**2"): "generation 20 has no numbers",
    }.items():
        schedule = dict(zip("Tna", formulas, strict=True))
        found = limit_of(Scheduled.of(loop, schedule), LINE)
        assert found.verdict == "undecided" and words in found.reason


def test_geometric_verdicts_are_where_the_recursion_goes():
    walked = {}
    for name in ("a share with a finite sum", "samples that grow", "what cancels"):
        schedule, lost = GEOMETRIC[name][0], 0.0
        for t in range(6_000):
            # At 900 geometric sequences have their limits to rounding.
            a, n = (eval(schedule[key], {"t": min(t, 900)}) for key in "an")
            if name == "what cancels":
                a, n = 0.5 / (t + 2), 2 * (t + 1)
            lost = (1 - a) ** 2 * (lost + (1 - lost) / n)
        walked[name] = 1 - lost
    for name, kept in walked.items():
        assert kept == pytest.approx(GEOMETRIC[name][2], abs=1e-3)
