"""Loops of sampled and real points on a table: typed, by recipe or in short, one answer for all."""

import dataclasses
import json
import math

import numpy as np
import pytest

import genloop as gl
from genloop import answers
from genloop.answers.composed import (
    PooledLoop,
    chosen,
    expected_of,
    pooled_loop,
    radii,
    recursion_of,
)
from genloop.cli.run import run
from genloop.laws import FirstPassage
from genloop.loops import gaussian

PLANE = gl.Gaussian.of([0.0, 1.0], [[2.0, 0.5], [0.5, 1.0]])
SIZES = {"n": 90, "m": 10}


def ask(loop, real=PLANE, at=None, **values):
    return answers.threshold(real, loop=loop, values=values, at=at)


def numbers(answer):
    """The result without what differs by the way of asking."""
    result = answer.result()
    return {name: result[name] for name in result if name not in ("loop", "questions")}


@pytest.mark.parametrize(
    "text, values, found",
    [
        ("mad-fresh", SIZES, PooledLoop("T", 90, 10)),
        ("mad-augmented", SIZES, PooledLoop("T", 90, 10, fixed=True)),
        ("mad-synthetic", {"n": 90}, PooledLoop("T", 90, 0)),
        ("retraining", SIZES, PooledLoop(1.0, 90, 10, unbiased=False)),
        ("recursive-gaussian", {"n": 90}, PooledLoop(1.0, 90, 0)),
        ("Draw(90) >> Mix(real, 0.1, samples=10)", {}, PooledLoop(1.0, 90, 10, unbiased=False)),
        ("Draw(90) >> Mix(real, 0.2, samples=10)", {}, None),
        ("Temper(0.9) >> Draw(90) >> Mix(real, 0.1)", {}, None),
        ("Draw(90) >> Temper(0.9)", {}, None),
        ("Draw(90) >> Unbias(80)", {}, None),
        ("Temper(2 * T) >> Draw(90)", {}, None),
        ("Temper(0.9) >> Mix(real, a)", {}, None),
    ],
)  # fmt: skip
def test_which_compositions_are_pooled_loops(text, values, found):
    assert pooled_loop(gl.language.parse(text), values) == found
    if found is not None:
        written = dataclasses.replace(found, temperature=0.7)
        assert pooled_loop(gl.language.parse(written.text), {}) == written


def test_a_recipe_has_the_answer_of_the_short_form():
    short = answers.threshold(PLANE, temperature=0.9, samples=90, real_samples=10)
    assert numbers(ask("mad-fresh", T=0.9, **SIZES)) == numbers(short)
    assert numbers(ask(short.loop)) == numbers(short)
    alone = answers.threshold(PLANE, temperature=0.9, samples=90)
    assert numbers(ask("mad-synthetic", T=0.9, n=90)) == numbers(alone)


@pytest.mark.parametrize("loop", ["mad-fresh", "mad-augmented"])
def test_the_temperatures_of_a_goal_are_those_at_which_the_expected_variance_is_there(loop):
    found = ask(loop, **SIZES)
    assert found.unknown == "T" and found.met is None
    for name, level in (("variance", 0.9), ("variance_limit", 1 / 0.9)):
        heat = found.thresholds[name].value
        assert ask(loop, T=heat, **SIZES).at.variance_kept == pytest.approx(level, rel=1e-12)
    assert ask(loop, at=0.9, **SIZES).met is False
    assert ask(loop, at=1.0, **SIZES).met is True
    assert math.isinf(ask(loop, at=1.2, **SIZES).at.variance_kept)


def test_the_share_of_a_fixed_real_set_is_that_at_which_the_variance_is_kept():
    for heat, level in ((0.8, 0.9), (1.0, 0.9), (1.05, 1 / 0.9)):
        found = ask("mad-augmented", T=heat, n=900, m=100).thresholds["variance"]
        pool, share = 1000, found.value
        limits = gaussian.fixed_data_moments(pool * (1 - share), pool * share, temperature=heat)
        assert float(limits[1]) == pytest.approx(level, rel=1e-9)


@pytest.mark.parametrize("unbiased", [True, False])
def test_the_moments_about_a_fixed_real_set_are_those_that_the_stages_compose(unbiased):
    n, m, heat = 30, 6, 0.9
    kept = gl.Gaussian.of([0.0], [[1.7]])
    loop = gl.Temper(heat) >> gl.Draw(n) >> gl.Mix(kept, m / (n + m))
    loop = loop >> gl.Unbias(n + m) if unbiased else loop
    moments = gl.Gaussian.of([0.3], [[1.0]]).moments()
    for _ in range(400):
        moments = loop.moments(moments)
    options = {"temperature": heat, "unbiased": unbiased}
    error, spread = map(float, gaussian.fixed_data_moments(n, m, **options))
    # The set of covariance 1.7 has the scatter 1.7 m where the average one has m - 1.
    scale = 1.7 * m / (m - 1)
    assert float(moments.covariance[0, 0]) == pytest.approx(spread * scale, rel=1e-12)
    wander = float(moments.error(kept.mean)[0, 0])
    assert wander == pytest.approx((error - 1 / m) * scale, rel=1e-12)


@pytest.mark.parametrize("loop", ["mad-fresh", "mad-augmented"])
def test_the_generation_of_half_the_expected_variance_is_that_of_the_recursion(loop):
    found = ask(loop, T=0.6, n=95, m=5)
    recursion = gl.laws.PooledMoments(95, 5, 0.6)
    state, source = np.array([0.0, 1.0]), recursion.source
    if loop == "mad-augmented":
        state, source = np.array([1 / 5, 1.0]), np.array([0.0, 4 / 99])
    generation = 0
    while state[1] > 0.5:
        state, generation = recursion.matrix @ state + source, generation + 1
    assert found.at.halving == (None, generation)
    assert math.isinf(ask(loop, T=1.0, n=95, m=5).at.halving.mean)


def test_the_generations_of_half_the_variance_are_exact_quantiles():
    at = ask("recursive-gaussian", n=100).at
    assert at.halving.runs == {"0.1": 9, "0.5": 35, "0.9": 186}
    assert math.isinf(at.halving.mean)
    cold = ask("mad-synthetic", T=0.9, n=100).at
    assert cold.halving.mean == math.ceil(math.log(0.5) / math.log(0.9))


def test_quantiles_of_runs_that_never_turn_back_or_never_fall():
    exact = FirstPassage(200, 0.05, 199 / 0.5).quantile(np.array([0.1, 0.5, 0.9])).tolist()
    assert gaussian.passage_quantiles([0.1, 0.5, 0.9], 200, level=0.05, temperature=0.5) == exact
    assert gaussian.passage_quantiles([0.5], 10**6, temperature=1.001) == [math.inf]
    # Here the drift is 0.1 a generation, and the noise a thousandth of it.
    assert gaussian.passage_quantiles([0.1, 0.9], 10**9, temperature=math.exp(-0.1)) == [7, 7]


def test_a_loop_is_bounded_in_the_senses_whose_temperatures_are_not_reached():
    senses = lambda *parts, **values: tuple(ask(*parts, **values).at.bounded.values())
    assert senses("mad-fresh", T=1.0, **SIZES) == (True, True, True)
    assert senses("mad-fresh", T=1.0, n=90, m=1) == (True, True, False)
    assert senses("mad-fresh", T=1.2, **SIZES) == (None, False, False)
    assert senses("mad-synthetic", T=1.0, n=90) == (True, False, False)
    assert senses("mad-synthetic", T=0.95, n=90) == (True, True, True)
    assert senses("mad-synthetic", T=1.2, n=90) == (False, False, False)


def test_the_mean_of_a_cold_loop_without_real_data_wanders_as_far_as_the_recursion_says():
    found = ask("mad-synthetic", T=0.9, n=50).at
    moments = gl.laws.PooledMoments(50, 0, 0.9).trajectory(600)
    assert found.mean_error == pytest.approx(moments[-1, 0], rel=1e-12)


def test_the_noise_of_the_variance_in_a_direction_is_that_of_simulated_runs():
    n, m, runs = 12, 8, 20000
    generator = np.random.default_rng(0)
    mean, root = np.zeros((runs, 2)), np.broadcast_to(np.eye(2), (runs, 2, 2))
    for _ in range(25):
        synthetic = mean[:, None] + generator.normal(size=(runs, n, 2)) @ root.transpose(0, 2, 1)
        points = np.concatenate([synthetic, generator.normal(size=(runs, m, 2))], axis=1)
        mean = points.mean(axis=1)
        gap = points - mean[:, None]
        covariance = gap.transpose(0, 2, 1) @ gap / (n + m - 1)
        root = np.linalg.cholesky(covariance)
    at = ask("mad-fresh", gl.Gaussian.of([0.0, 0.0], np.eye(2)), T=1.0, n=n, m=m).at
    deviation = covariance[:, 0, 0].std()
    assert deviation == pytest.approx(at.variance_deviation, rel=0.04)


def test_what_a_generation_is_worth_and_how_many_synthetic_points_it_bears():
    at = ask("mad-fresh", T=1.0, n=900, m=100).at
    # n_r + n_s (n_r - 1)/(N - 1) real points for the mean [ST-B3].
    assert at.effective_samples["mean"] == pytest.approx(100 + 900 * 99 / 999, rel=1e-12)
    assert at.admissible_samples.status == "not needed"
    cold = ask("mad-fresh", T=0.7, n=900, m=100).at
    most = cold.admissible_samples.value
    assert most == gaussian.admissible_samples(100, dimension=2, temperature=0.7).value
    beside = ask("mad-fresh", T=0.7, n=math.floor(most), m=100).at
    assert beside.effective_samples["wasserstein"] >= 100 > cold.effective_samples["wasserstein"]
    fixed = ask("mad-augmented", T=1.0, n=900, m=100).at
    assert fixed.effective_samples["mean"] < 100
    assert fixed.admissible_samples.status == "does not apply"


@pytest.fixture
def table(tmp_path):
    path = tmp_path / "table.csv"
    rows = np.random.default_rng(0).normal(size=(50, 2))
    path.write_text("x,y\n" + "".join(f"{x},{y}\n" for x, y in rows.tolist()))
    return str(path)


def test_the_command_line_says_in_which_sense_and_how_long(table, capsys):
    asked = ["threshold", "--table", table, "--loop", "mad-fresh", "--set", "n=900"]
    assert run([*asked, "--set", "m=100"]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "needs a temperature of at least 0.987128 and of at most 1.01058" in words
    assert "bounded in almost every run, on average over runs and in mean square" in words
    assert "worth about 189 real points alone" in words
    assert run([*asked, "--set", "m=100", "--at", "0.9"]) == 1
    assert "With temperature 0.9 this goal is not met." in capsys.readouterr().out
    assert (
        run(["threshold", "--table", table, "--loop", "recursive-gaussian", "--set", "n=100"]) == 0
    )
    words = " ".join(capsys.readouterr().out.split())
    assert "in 10 % of the runs by generation 9, in 50 % by 35, in 90 % by 186" in words
    assert "not bounded on average over runs and in mean square" in words


def test_a_loop_without_an_unknown_is_no_answer_at_a_value_or_for_outcomes(table, capsys):
    whole = ["--loop", "Temper(0.9) >> Mix(real, a)", "--set", "a=0.3"]
    assert run(["threshold", "--table", table, *whole, "--at", "0.3"]) == 2
    assert capsys.readouterr().err.startswith("E136")
    solved = ["--loop", "mad-synthetic", "--set", "n=90", "--set", "T=0.9"]
    assert run(["threshold", "--table", table, *solved, "--at", "0.9"]) == 2
    assert capsys.readouterr().err.startswith("E136")
    assert run(["threshold", "--uniform", "3", *solved, "--json"]) == 2
    assert capsys.readouterr().err.startswith("E136")


def test_the_thresholds_of_a_typed_loop_are_proved(table, capsys):
    pytest.importorskip("flint")
    loop = ["--loop", "mad-augmented", "--set", "n=90", "--set", "m=10", "--set", "T=0.9"]
    assert run(["threshold", "--table", table, *loop, "--certify", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)["result"]["certificates"]
    assert {found[name]["status"] for name in ("mean", "mean_square", "variance")} == {"PROVED"}


def test_replaced_kept_and_chosen_rows_have_the_moments_that_others_have_found():
    ask = lambda t: answers.table_accumulation(PLANE, samples=10, generations=t).workflows
    replace, window, accumulate, subsample = ask(100).values()
    assert replace.variance == pytest.approx(0.9**100, rel=1e-12)
    assert replace.half == math.ceil(math.log(0.5) / math.log(0.9))
    assert accumulate.variance == pytest.approx(0.84428, abs=5e-6)
    assert accumulate.variance_limit == pytest.approx(0.843435857215593949, rel=1e-12)
    assert subsample.variance == pytest.approx(0.74113, abs=5e-6)
    assert subsample.variance_limit == pytest.approx(0.738990985215830245, rel=1e-12)
    assert subsample.mean_error_limit == pytest.approx(0.261009014784169755, rel=1e-12)
    early = [ask(generations)["subsample"].variance for generations in (2, 10)]
    assert early == pytest.approx([0.83132, 0.75978], abs=5e-6)


def test_the_limits_of_kept_and_chosen_rows_are_approached_like_a_power():
    sizes = {"samples": 10, "real_samples": 10, "temperature": 0.8}
    gaps = []
    for generations in (20_000, 80_000):
        flows = answers.table_accumulation(PLANE, generations=generations, **sizes).workflows
        chosen, kept = flows["subsample"], flows["accumulate"]
        gaps.append([chosen.variance - chosen.variance_limit, kept.variance - kept.variance_limit])
    early, late = np.array(gaps)
    slope = np.log(early / late) / math.log(4)
    # 1 - q (T (N - 1)/N + 1/N) and 1 - q T with q = 1/2, N = 20.
    np.testing.assert_allclose(slope, [1 - 0.5 * (0.8 * 19 + 1) / 20, 0.6], atol=0.02)


def test_what_a_window_and_a_typical_run_keep_lies_where_it_must():
    flows = answers.table_accumulation(PLANE, samples=10, window=1, generations=9).workflows
    assert flows["window"].variance == pytest.approx(flows["replace"].variance, rel=1e-12)
    flows = answers.table_accumulation(PLANE, samples=10, window=4, generations=60).workflows
    order = [flows[name] for name in ("replace", "window", "subsample", "accumulate")]
    assert sorted(flow.variance for flow in order) == [flow.variance for flow in order]
    for flow in order:
        # What the spread loses, the mean has wandered.
        assert flow.variance + flow.mean_error == pytest.approx(1, rel=1e-12)
    assert (flows["window"].variance_limit, flows["window"].mean_error_limit) == (0, 1)
    log = gl.laws.LogVariance(10, 60).mean + 60 * math.log(0.9)
    assert math.log(flows["replace"].typical) == pytest.approx(log, rel=1e-12)
    assert math.log(flows["accumulate"].typical_limit) == pytest.approx(-0.34557594, rel=1e-7)
    sizes = {"samples": 30, "real_samples": 6, "temperature": 0.9, "window": 1}
    flows = answers.table_accumulation(PLANE, **sizes, generations=9).workflows
    for name in ("variance_limit", "mean_error_limit"):
        ends = [getattr(flows[one], name) for one in ("window", "replace")]
        assert ends[0] == pytest.approx(ends[1], rel=1e-11)
    assert flows["replace"].typical is None


def test_a_hot_loop_grows_without_limit_however_its_rows_are_kept():
    hot = answers.table_accumulation(PLANE, samples=50, temperature=1.2, generations=5).workflows
    assert all(math.isinf(flow.variance_limit) for flow in hot.values())
    cold = answers.table_accumulation(PLANE, samples=50, temperature=0.9, generations=5).workflows
    assert all(flow.variance_limit == 0 for flow in cold.values())
    error = gl.laws.PooledMoments(50, 0, 0.9, unbiased=False).trajectory(500, (1 / 50, 49 / 50))
    assert cold["replace"].mean_error_limit == pytest.approx(error[-1, 0], rel=1e-12)


def test_accumulate_answers_for_a_table(table, capsys):
    asked = ["accumulate", "--table", table, "-a", "0", "--samples", "10"]
    assert run(asked) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert "After 100 generations 84.4 % of the variance is left if all data are kept" in words
    assert run([*asked, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)["result"]
    assert result["workflows"]["replace"]["half"] == 7
    assert run([*asked, "--size", "5"]) == 2
    assert capsys.readouterr().err.startswith("E111 --size")
    assert run([*asked, "--window", "40000"]) == 2
    assert "moments of every two of 40,000 generations" in capsys.readouterr().err


def test_expected_moments_of_any_loop_are_those_of_the_solved_one_that_it_is():
    text = "Temper(0.9) >> Draw(90) >> Mix(real, a, samples=10) >> Unbias(100)"
    found = expected_of(chosen(text, PLANE), 0.1)
    at = answers.threshold(PLANE, temperature=0.9, samples=90, real_samples=10).at
    for name in ("variance_kept", "mean_error", "variance_deviation", "wasserstein"):
        assert getattr(found, name) == pytest.approx(getattr(at, name), rel=1e-9)
    assert found.bounded == {name: at.bounded[name] for name in ("mean", "mean_square")}
    assert expected_of(chosen("Temper(0.9) >> Mix(real, a)", PLANE), 0.1) is None
    assert expected_of(chosen("Accumulate(Temper(0.9), samples=5)", PLANE), None) is None


def test_without_real_data_growth_is_that_of_the_closed_forms():
    growth = radii(recursion_of(chosen("Temper(0.9) >> Draw(20) >> Unbias(20)", PLANE), None))
    assert growth["mean"] == pytest.approx(0.9, rel=1e-12)
    square = 0.9 / float(gaussian.mean_square_threshold(20))
    assert growth["mean_square"] == pytest.approx(square**2, rel=1e-9)
    at = expected_of(chosen("Temper(0.9) >> Draw(20) >> Unbias(20)", PLANE), None)
    assert (at.variance_kept, at.mean_error) == (0.0, pytest.approx(0.9 / 20 / 0.1, rel=1e-12))


def test_finite_samples_move_the_share_at_which_a_hot_loop_explodes():
    heat, n = 1.3, 100
    found = ask(f"Temper({heat}) >> Mix(real, a) >> Draw({n})", at=0.5)
    share = found.thresholds["mean"].value
    q, kept = 1 - share, 1 - 1 / n
    # The recursion of (M, C) for draws from the mixture, written out.
    moments = np.array([[q * q + q * share / n, q * heat / n], [kept * q * share, kept * q * heat]])
    assert np.abs(np.linalg.eigvals(moments)).max() == pytest.approx(1, abs=1e-12)
    assert share < 1 - 1 / heat < found.thresholds["mean_square"].value
    assert found.at.expected.bounded == {"mean": True, "mean_square": True}


def test_extinction_tells_of_a_table_when_its_variance_is_lost(table, capsys):
    asked = ["extinction", "--table", table, "--samples", "100"]
    assert run([*asked, "--generations", "60"]) == 0
    words = " ".join(capsys.readouterr().out.split())
    assert (
        "In half of the runs 50 % of the variance in a direction is gone by generation 35" in words
    )
    assert run([*asked, "--generations", "60", "--json"]) == 0
    half, *_ = json.loads(capsys.readouterr().out)["result"]["levels"]
    assert half["lost"] == [pytest.approx(1 - 0.333388329862, abs=1e-11)]
    for options in (["-a", "0.1"], ["--token", "x"]):
        assert run([*asked, *options]) == 2
        assert capsys.readouterr().err.startswith("E111")


@pytest.mark.parametrize("loop", ["mad-fresh", "mad-augmented"])
@pytest.mark.parametrize("heat", [0.8, 1.05])
def test_the_least_real_and_the_most_synthetic_points_are_those_at_which_the_goal_turns(loop, heat):
    kept = lambda **values: ask(loop, T=heat, **values).at.meets["variance"]
    least = int(ask(loop, T=heat, n=90).thresholds["variance"].value)
    assert kept(n=90, m=least) and not kept(n=90, m=least - 1)
    most = int(ask(loop, T=heat, m=40).thresholds["variance"].value)
    assert kept(n=most, m=40) and not kept(n=most + 1, m=40)
    found = ask(loop, T=heat, n=90, at=least)
    assert (found.unknown, found.unknown_points, found.met) == ("m", "real_samples", True)
    assert ask(loop, T=heat, n=90, at=least - 1).met is False


def test_numbers_of_points_bound_the_moments_where_sampling_is_hot():
    found = ask("mad-fresh", T=1.2, n=100).thresholds
    for name in ("mean", "mean_square"):
        least = int(found[name].value)
        assert ask("mad-fresh", T=1.2, n=100, m=least).at.bounded[name]
        assert not ask("mad-fresh", T=1.2, n=100, m=least - 1).at.bounded[name]
    alone = ask("mad-synthetic", T=0.9)
    assert alone.thresholds["variance"].status == "not reachable" and len(alone.thresholds) == 1


def test_the_command_line_finds_numbers_of_points(table, capsys):
    asked = ["threshold", "--table", table, "--loop", "mad-fresh", "--set", "T=0.9"]
    assert run([*asked, "--set", "n=900"]) == 0
    assert "at least 807 real points a generation" in " ".join(capsys.readouterr().out.split())
    assert run([*asked, "--set", "m=100"]) == 0
    assert "bears at most 114 synthetic points" in " ".join(capsys.readouterr().out.split())
    assert run([*asked, "--set", "m=100", "--at", "115"]) == 1
    assert run([*asked, "--set", "m=100", "--at", "1.5"]) == 2


def expected_variance(heat, share, n, order):
    """The limit of the expected variance of stages in an order, in units, step by step."""
    error, kept = 0.0, 1.0
    for _ in range(4000):
        for stage in order:
            if stage == "Temper":
                kept = heat * kept
            elif stage == "Mix":
                kept = (1 - share) * kept + share + (1 - share) * share * error
                error = (1 - share) ** 2 * error
            else:
                error, kept = error + kept / n, (1 - 1 / n) * kept
    return kept


@pytest.mark.parametrize("order", [("Temper", "Mix", "Draw"), ("Temper", "Draw", "Mix")])
def test_a_goal_is_judged_by_the_expected_moments_of_finite_samples(order):
    written = {"Temper": "Temper(0.9)", "Mix": "Mix(real, a)", "Draw": "Draw(50)"}
    loop = " >> ".join(written[stage] for stage in order)
    found = gl.answers.threshold(PLANE, loop=loop, at=0.473685)
    assert expected_variance(0.9, 0.473685, 50, order) < 0.9 and found.met is False
    needed = found.needed("variance").value
    assert expected_variance(0.9, needed, 50, order) == pytest.approx(0.9, rel=1e-12)
    assert found.thresholds["local"].status == found.thresholds["unique"].status == "not needed"


@pytest.mark.slow
def test_a_goal_that_samples_do_not_close_says_that_it_is_of_infinite_data():
    loop = "Draw(50) >> Mix.fixed(real, a, samples=20)"
    found = gl.answers.threshold(PLANE, loop=loop, at=0.3)
    assert "with infinite data" in found.questions["variance"]
    assert any("judged with infinite data" in note for note in found.notes)


@pytest.mark.slow
def test_a_correction_of_any_strength_is_stable_and_needs_some_for_the_goal():
    loop = "Blend(real, g, samples=50)"
    found = gl.answers.threshold(PLANE, loop=loop, unknown="g", interval=(0, 5)).thresholds
    assert found["local"].status == "not needed"
    strength = found["variance"].value
    share = strength / (1 + strength)
    kept = expected_variance(1.0, share, 50, ("Temper", "Mix", "Draw"))
    assert kept == pytest.approx(0.9, rel=1e-12)
