"""How loops stand in which nothing is unknown: the long run of their exact expected moments."""

import json
import math

import jax
import numpy as np
import pytest
from cases import PLANE

import genloop as gl
from genloop.answers.composed import chosen, recursion_of
from genloop.answers.thresholds.standing import table_standing
from genloop.cli.run import run
from genloop.errors import InputError
from genloop.loops import gaussian, memory

# A window too long for a matrix, and too slow to be followed.
SLOW = "Window(Temper(1), samples=10000000, generations=26)"


def standing(loop, real=PLANE, goals=None, **values):
    return table_standing(chosen(loop, real, values=values, findable=False), goals).at


@pytest.mark.parametrize("n", [3, 100])
def test_kept_data_without_real_ones_settle_at_their_products(n):
    kept = standing("accumulate", n=n)
    limit = memory.kept_variance(math.inf, samples=n, size=n)
    assert kept.variance_kept == pytest.approx(limit, rel=1e-11)
    assert kept.mean_error == pytest.approx(1 - limit, rel=1e-9)
    some, exact = standing("subsample", n=n, G=3), memory.subsampled_variance(math.inf, samples=n)
    assert some.variance_kept == pytest.approx(exact.fit, rel=1e-11)
    assert some.mean_error == pytest.approx(exact.mean_error, rel=1e-11)
    for one in (kept, some):
        assert one.bounded == {"almost_sure": True, "mean": True, "mean_square": None}
        assert math.isinf(one.halving.mean) is (one.variance_kept > 0.5)


@pytest.mark.parametrize("heat, n, m", [(0.9, 100, 10), (1.0, 99, 1), (1.1, 90, 20)])
def test_kept_data_with_real_ones_settle_where_the_pool_is_not_moved(heat, n, m):
    kept = standing("heat-death-accumulating", T=heat, n=n, m=m)
    share = m / (n + m)
    limit = float(gaussian.kept_limit(share, temperature=heat))
    assert kept.variance_kept == pytest.approx(limit, rel=1e-9)
    assert kept.fates["mean_error"] == "vanishes" and math.isinf(kept.effective_samples["mean"])
    loop = f"Subsample(Temper({heat}), samples={n}, real=real, real_samples={m}, generations=2)"
    points = n + m
    pool = share / (1 - (1 - share) * (heat * (points - 1) + 1) / points)
    some = standing(loop)
    assert some.variance_kept == pytest.approx(pool * (points - 1) / points, rel=1e-9)
    assert some.mean_error == pytest.approx(pool / points, rel=1e-8)


@pytest.mark.parametrize("heat, fate", [(0.99, "vanishes"), (1.01, "grows")])
def test_kept_data_that_are_sharpened_or_flattened_lose_or_gain_all_variance(heat, fate):
    found = standing(f"Subsample(Temper({heat}), samples=100, generations=9)")
    assert found.fates["variance"] == fate
    still = standing(f"Accumulate(Temper({heat}), samples=3)")
    assert still.fates["variance"] == fate


def numbers(at):
    """What a pooled loop and any other one are told in the same words."""
    shared = ("variance_kept", "mean_error", "variance_deviation", "wasserstein", "relaxation")
    found = [getattr(at, name) for name in shared]
    return [*found, at.halving.mean, *at.effective_samples.values()]


@pytest.mark.parametrize("heat", [0.4, 0.9, 1.0, 1.05])
def test_the_general_way_has_the_closed_forms_of_fresh_data(heat):
    sizes = {"T": heat, "n": 90, "m": 10}
    closed = gl.answers.threshold(PLANE, loop="mad-fresh", values=sizes).at
    found = standing("mad-fresh", **sizes)
    np.testing.assert_allclose(numbers(found), numbers(closed), rtol=1e-9)
    assert found.bounded == closed.bounded
    for name, column in closed.columns.items():
        assert found.columns[name] == pytest.approx(column, rel=1e-12)


@pytest.mark.parametrize("heat", [0.9, 1.0, 1.002])
def test_the_general_way_has_the_exact_law_of_runs_without_real_data(heat):
    closed = gl.answers.threshold(PLANE, loop="mad-synthetic", values={"T": heat, "n": 100}).at
    found = standing("mad-synthetic", T=heat, n=100)
    assert found.halving == closed.halving and found.bounded == closed.bounded
    assert found.typical_growth == pytest.approx(closed.typical_growth, rel=1e-9)
    assert found.mean_error == pytest.approx(closed.mean_error, rel=1e-9)


def test_a_window_loses_its_variance_and_says_when():
    stage, real = gl.Window(gl.Temper(1.0), samples=20, generations=3), gl.Gaussian.of(0.0, 1.0)
    moments, generation = stage.begin(real).moments(), 0
    while moments.moments.covariance[0, 0] > 0.5:
        moments, generation = stage.moments(moments), generation + 1
    assert standing("keep-window", n=20, w=3).halving.mean == generation


def test_a_slow_window_loses_as_much_and_its_mean_wanders_by_all_of_it():
    fast, slow = (standing("keep-window", n=n, w=3) for n in (10**4, 10**6))
    for found in (fast, slow):
        assert found.fates == {"variance": "vanishes", "mean_error": "settles"}
        assert found.mean_error == pytest.approx(1.0, rel=1e-6)
        assert found.bounded["almost_sure"] is True
    # The rate is one over the points, so that a hundred times as many take as much longer.
    assert slow.halving.mean == pytest.approx(100 * fast.halving.mean, rel=1e-3)


def test_real_data_in_single_precision_are_answered_in_double():
    with jax.enable_x64(False):
        real = gl.Gaussian.of([0.0, 1.0], [[2.0, 0.5], [0.5, 1.0]])
        found = gl.answers.threshold(real, loop="keep-window", values={"n": 20, "w": 3}).at
    assert found.halving == standing("keep-window", n=20, w=3).halving


def test_infinite_data_have_no_noise():
    cold = standing("Temper(0.9)")
    assert cold.halving.mean == 7 and set(cold.halving.runs.values()) == {7}
    mixed = standing("Temper(0.9) >> Mix(real, 0.2)")
    assert mixed.variance_kept == pytest.approx(0.2 / 0.28, rel=1e-12)
    assert mixed.wasserstein == pytest.approx((1 - mixed.variance_kept**0.5) ** 2, rel=1e-9)
    assert mixed.bounded == {"almost_sure": True, "mean": True, "mean_square": True}


def test_other_real_data_are_seen_in_units_of_the_table():
    other, real = gl.Gaussian.of(3.0, 8.0), gl.Gaussian.of(1.0, 4.0)
    loop = gl.language.parse("Mix(Gaussian(3, 8), 0.5)")
    still = loop.build({}, real=other).moments(other.moments()).covariance
    np.testing.assert_allclose(still, other.covariance, rtol=1e-14)
    found = standing(loop, real)
    assert found.variance_kept == pytest.approx(2.0, rel=1e-12)
    assert found.mean_error == pytest.approx(1.0, rel=1e-12)


def test_squares_that_do_not_close_are_no_failure_of_a_search():
    loop = chosen("recursive-process", PLANE, values={"n": 100, "g": 0.9})
    assert recursion_of(loop, 0.1) is None
    found = standing("recursive-process", n=100, g=0.9, a=0.1)
    assert found.bounded == {"almost_sure": True, "mean": True, "mean_square": None}


def test_a_number_that_is_not_known_is_none_and_has_its_reason():
    found = standing(SLOW)
    assert found.variance_kept is None and found.meets == {"variance": None}
    assert found.columns["column 1"].long_run is None
    assert set(found.reasons) >= {"mean", "mean_square", "almost_sure", "halving.runs"}


def test_a_goal_is_judged_in_the_limit_by_the_exit_code(tmp_path, capsys):
    rows = np.random.default_rng(0).normal(size=(50, 2))
    table = tmp_path / "table.csv"
    np.savetxt(table, rows, delimiter=",", header="a,b", comments="")

    def code(loop, *given):
        asked = run(["threshold", "--table", str(table), "--loop", loop, *given, "--json"])
        return asked, json.loads(capsys.readouterr().out)["result"]

    good, goal = "Accumulate(Temper(1), samples=100)", ("--goal", "variance=0.9")
    assert code(good)[0] == code(good, *goal)[0] == 0
    assert code("Draw(50) >> Draw(50)")[0] == 0
    assert code("Draw(50) >> Draw(50)", *goal)[0] == 1
    assert code(SLOW, *goal)[0] == 3


def test_the_sentence_comes_first_and_what_is_not_known_has_words(tmp_path, capsys):
    rows = np.random.default_rng(0).normal(size=(50, 2))
    table = tmp_path / "table.csv"
    np.savetxt(table, rows, delimiter=",", header="a,b", comments="")
    for loop, said in {
        "Draw(50) >> Temper(0.9)": "all of the expected variance is lost",
        "Temper(0.9) >> Draw(90) >> Mix(real, 0.1)": "the expected variance settles at 51.5 %",
        SLOW: "does is not resolved",
    }.items():
        assert run(["threshold", "--table", str(table), "--loop", loop]) == 0
        words = " ".join(capsys.readouterr().out.split())
        assert f"In the long run {said}"[:15] in words and said in words
        assert "nan" not in words and "None" not in words


def test_a_loop_whose_moments_are_open_is_refused_with_what_to_do():
    with pytest.raises(InputError, match="E136.*genloop simulate"):
        standing("Accumulate(Renew(Draw(5), 0.5), samples=5)")
