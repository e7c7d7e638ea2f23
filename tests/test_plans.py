"""Schedules of a loop, and the least real data that keep a goal."""

import itertools
import json

import numpy as np
import pytest
from reference import gaussian_orbit

import genloop as gl
from genloop import answers
from genloop.cli.run import run
from genloop.language import Schedule, Scheduled
from genloop.loops import contamination

POOL = "Temper(T) >> Draw(n) >> Mix(real, m / (n + m), samples=m)"
LINE = gl.Gaussian.of(0.0, 1.0)
PLANE = gl.Gaussian.of([1.0, -2.0], [[2.0, 0.5], [0.5, 1.0]])
WORDS = gl.Categorical.of([5, 3, 2])


def test_a_schedule_is_a_formula_a_function_a_table_or_a_number():
    given = ["0.5 / (t + 1)", lambda t: 0.5 / (t + 1), [0.5, 0.25, 0.5 / 3], "1/2/(t + 1)"]
    for source in given:
        loop = Scheduled.of("Mix(real, a)", {"a": source})
        assert loop.columns(3)["a"] == pytest.approx([0.5, 0.25, 0.5 / 3])
    assert Schedule.of("a", 0.3).at(17) == 0.3
    assert Scheduled.of("Draw(n)", {"n": "10*1.5**t"}).columns(3)["n"].tolist() == [10, 15, 22]
    assert Schedule.of("n", "k*(t+1)").parameters == ("k",)


def test_a_loop_may_have_the_generation_in_it():
    given = {"schedule": {"n": "100*(t+1)", "a": "0.5/(t+1)"}, "generations": 5}
    one = answers.plan(LINE, loop="Draw(n) >> Mix(real, a)", **given)
    other = answers.plan(LINE, loop="Draw(100*(t+1)) >> Mix(real, 0.5/(t+1))", generations=5)
    assert one.statistics == other.statistics and one.limit == other.limit
    assert not other.schedule
    with pytest.raises(ValueError, match="t is the generation here"):
        answers.plan(LINE, loop="Mix(real, t)", values={"t": 0.5})


WRONG = {
    "division by zero": ({"a": "1/t"}, "no number in generation 0"),
    "another name": ({"a": "b/(t+1)"}, "needs 'b', which has no number"),
    "no parameter": ({"b": "0.1"}, "no parameter 'b'"),
    "a short table": ({"a": [0.1, 0.2]}, "ends with generation 1"),
    "out of range": ({"a": "0.4*t"}, r"generation 3: real_fraction must lie in \[0, 1\]"),
    "a matrix": ({"a": np.zeros((2, 2))}, "give a formula in t"),
    "not a number": ({"a": lambda t: float("nan")}, "a is nan in generation 0"),
    "no formula": ({"a": "0.5/(t"}, "never closed"),
    "an empty formula": ({"a": " "}, "the formula is empty"),
}


@pytest.mark.parametrize("schedule, words", WRONG.values(), ids=WRONG)
def test_a_wrong_schedule_has_a_sentence(schedule, words):
    with pytest.raises(ValueError, match=words):
        answers.plan(LINE, loop="Mix(real, a)", schedule=schedule, generations=5)


def test_a_table_of_a_count_is_whole():
    with pytest.raises(ValueError, match=r"n is 10.5 in generation 1 and counts something"):
        answers.plan(LINE, loop="Draw(n)", schedule={"n": [10, 10.5]}, generations=2)


def test_no_real_points_go_with_no_share():
    idle = gl.Mix(LINE, 0.0, samples=0)
    moments = LINE.temper(0.5).moments()
    assert idle.moments(moments).covariance == pytest.approx(0.5)
    assert not idle.draws
    with pytest.raises(ValueError, match="make both 0"):
        gl.Mix(LINE, 0.3, samples=0)


def test_scheduled_moments_are_those_of_points_drawn_one_by_one():
    schedule = {"T": [0.8, 1.2, 0.9], "n": [6, 12, 8], "m": [0, 4, 3]}
    exact = answers.plan(PLANE, loop=POOL, schedule=schedule, generations=3)
    rng = np.random.default_rng(11)
    real = np.asarray(PLANE.mean), np.asarray(PLANE.covariance)
    errors, variances = [], []
    for _ in range(6000):
        mean, covariance = real
        for heat, samples, points in zip(*schedule.values(), strict=True):
            mean, covariance = gaussian_orbit(
                rng,
                mean,
                covariance,
                generations=1,
                samples=samples,
                temperature=heat,
                real=real,
                real_samples=points,
            )
        gap = np.linalg.solve(np.asarray(PLANE.factor), mean - real[0])
        errors.append(gap @ gap / 2)
        variances.append(np.trace(np.linalg.solve(real[1], covariance)) / 2)
    claimed = exact.statistics["error_of_mean"][-1] ** 2, exact.statistics["variance_kept"][-1]
    for claim, found in zip(claimed, (errors, variances), strict=True):
        assert abs(np.mean(found) - claim) < 5 * np.std(found) / np.sqrt(len(found))
        assert np.std(found) / np.sqrt(len(found)) < 0.02 * claim


@pytest.mark.parametrize("every", ["every", "end"])
@pytest.mark.parametrize("goals", [{"w2": 0.3}, {"variance": 0.85}])
def test_the_optimum_is_that_of_all_schedules_tried_one_by_one(every, goals):
    asked = {"loop": POOL, "values": {"T": 0.9, "n": 20}, "goals": goals, "when": every}
    found = answers.plan(LINE, unknown="m", generations=3, **asked)
    (name, level), best = next(iter(goals.items())), np.inf
    for numbers in itertools.product(range(28), repeat=3):
        if sum(numbers) < best and _plain(numbers, name, level, every):
            best = sum(numbers)
    assert found.plans["optimum"].cost == best
    assert found.met and found.plans["optimum"].cost < found.plans["constant"].cost


def _plain(numbers, name, level, when):
    """Whether a goal is kept, by the recursion of ST-B3 in plain numbers."""
    error, variance, kept = 0.0, 1.0, True
    for m in numbers:
        t, a = 0.9, m / (20 + m)
        q, pool, before = 1 - a, 20 + m, error
        error = q**2 * before + (a + q * t * variance) / pool
        variance = (pool - 1) / pool * (a + q * t * variance) + a * q * before
        reached = {
            "variance": variance - level,
            "w2": level - (error + (variance**0.5 - 1) ** 2) ** 0.5,
        }
        kept = (kept or when == "end") and reached[name] >= 0
        if when == "end":
            kept = reached[name] >= 0
    return kept and (name != "variance" or variance <= 1 / level)


def test_the_optimum_of_infinite_data_is_the_lazy_plan():
    asked = {"loop": "Temper(T) >> Mix(real, a)", "values": {"T": 0.9}, "generations": 7}
    every = answers.plan(LINE, unknown="a", goals={"variance": 0.8}, **asked)
    lazy = contamination.cheapest_fractions(0.8, 0.9, 7)
    assert every.plans["optimum"].numbers == pytest.approx(lazy, abs=1e-9)
    assert lazy[-1] == pytest.approx(
        float(gl.loops.gaussian.real_fraction_for_variance(0.8, temperature=0.9)), rel=1e-6
    )
    end = answers.plan(LINE, unknown="a", goals={"variance": 0.8}, when="end", **asked)
    least = contamination.cheapest_at_the_end(0.8, 0.9, 7)
    assert end.plans["optimum"].cost == pytest.approx(least, abs=1e-9)


def test_dear_real_data_are_bought_early():
    asked = {"loop": POOL, "values": {"T": 0.9, "n": 50}, "unknown": "m", "generations": 5}
    asked |= {"goals": {"w2": 0.25}, "when": "end"}
    steady = answers.plan(LINE, **asked).plans["optimum"].numbers
    dearer = answers.plan(LINE, cost="m * 3**t", **asked).plans["optimum"].numbers
    assert np.average(np.arange(5), weights=dearer) < np.average(np.arange(5), weights=steady)


def test_every_plan_that_is_shown_keeps_the_goal_and_none_is_cheaper_than_the_optimum():
    asked = {"values": {"n": 60}, "goals": {"diversity": 0.97}, "generations": 6}
    found = answers.plan(WORDS, loop="Draw(n) >> Mix(real, a)", unknown="a", **asked)
    for one in found.plans.values():
        square = 1 - float((WORDS.probabilities**2).sum())
        diversity = square
        for share in one.numbers:
            # E(1 - S) behind a draw, then behind a share of all real data with m = r.
            diversity = square - (1 - share) ** 2 * (square - diversity * (1 - 1 / 60))
            assert diversity >= 0.97 * square - 1e-12
        assert one.cost >= found.plans["optimum"].cost


def test_an_impossible_goal_has_a_reason_and_no_plan():
    asked = {"loop": "Mix(real, a) >> Draw(5)", "unknown": "a", "goals": {"variance": 0.95}}
    found = answers.plan(LINE, generations=4, **asked)
    assert found.met is False and not found.plans
    assert "even a = 1 in every generation misses the goals in generation 0" in found.reason
    assert found.statistics["variance_kept"] == pytest.approx([0.8] * 4)


LIMITS = {
    "n a grows": ({"n": "10*(t+1)**2", "a": "0.9/(t+1)"}, "vanishes", 1.0),
    "n a stays": ({"n": "100*(t+1)", "a": "0.5/(t+1)"}, "bounded", 1 - 1 / 101),
    "real points die out": ({"n": "100", "a": "0.5/(t+1)"}, "collapses", 0.0),
    "memory of everything": ({"n": "9*(t+1)**2", "a": "0.5/(t+1)**2"}, "bounded", None),
    "all real in the end": ({"n": "50*(t+1)", "a": "1 - 1/(t+1)"}, "vanishes", 1.0),
    "a power in between": ({"n": "10*(t+1)", "a": "(t+1)**(-0.5)/2"}, "vanishes", 1.0),
    "a table": ({"n": "100", "a": [0.5] * 4}, "undecided", None),
}


@pytest.mark.parametrize("schedule, verdict, kept", LIMITS.values(), ids=LIMITS)
def test_growing_contamination_has_the_limit_of_the_criterion(schedule, verdict, kept):
    for real in (LINE, WORDS):
        asked = {"loop": "Draw(n) >> Mix(real, a)", "generations": 4}
        found = answers.plan(real, schedule=schedule, **asked).limit
        assert found.verdict == verdict
        assert found.kept == (None if kept is None else pytest.approx(kept, abs=1e-12))


def test_other_temperatures_end_where_the_limit_of_their_numbers_ends():
    asked = {"generations": 3, "loop": f"{POOL} >> Unbias(n + m)"}
    near = answers.plan(LINE, values={"T": 0.9, "n": 80, "m": 20}, **asked).limit
    error, kept = gl.loops.gaussian.stationary_moments(80, 20, temperature=0.9)
    assert (near.kept, near.error_of_mean**2) == pytest.approx(
        (float(kept), float(error)), rel=1e-6
    )
    hot = answers.plan(LINE, values={"T": 1.5, "n": 80, "m": 20}, **asked).limit
    assert hot.verdict == "grows"
    growing = {"T": 0.9, "n": "80*(t+1)", "m": "20*(t+1)"}
    large = answers.plan(LINE, schedule=growing, **asked).limit
    assert large.kept == pytest.approx(0.2 / (1 - 0.8 * 0.9)) and large.error_of_mean == 0
    steady = {"T": 1.0, "n": "50*(t+1)", "m": 3}
    few = answers.plan(LINE, schedule=steady, **asked).limit
    assert (few.verdict, few.kept, few.error_of_mean**2) == (
        "bounded",
        pytest.approx(1.2, rel=1e-14),
        pytest.approx(0.2),
    )
    more = answers.plan(LINE, schedule={**steady, "m": "2*(t+1)**0.5"}, **asked).limit
    assert more.verdict == "vanishes"
    alone = {"loop": "Draw(n) >> Unbias(n)", "generations": 3}
    for formula, verdict in (("9*(t+1)**1.1", "bounded"), ("9*(t+1)", "grows")):
        assert answers.plan(LINE, schedule={"n": formula}, **alone).limit.verdict == verdict


def test_losses_in_turn_are_one_loss():
    one, other = contamination.drawn(10), contamination.mixed(0.3, 4)
    both = contamination.lost_shares([one, other], generations=6, start=0.2)
    step = 0.2
    for found in both:
        step = 0.49 * (0.9 * step + 0.1) + 0.09 / 4
        assert found == pytest.approx(step)


@pytest.fixture
def table(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "points.csv").write_text("x,y\n1,2\n2,5\n4,1\n7,9\n")
    return ["--table", "points.csv", "--loop", "Draw(n)>>Mix(real,a)"]


def test_the_command_answers_in_words_and_in_a_document(table, capsys):
    asked = ["plan", *table, "--set", "n=100", "--find", "a", "--goal", "mean=0.05"]
    assert run([*asked, "--generations", "6"]) == 0
    words = capsys.readouterr().out
    assert "Schedules that keep the goal" in words and "best constant" in words.replace("\n", " ")
    assert run([*asked, "--generations", "6", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)["result"]
    assert result["met"] is True and len(result["schedule"]["a"]) == 6
    assert set(result["plans"]["optimum"]) == {"numbers", "total", "cost"}
    given = ["--schedule", "a=0.5/(t+1)", "--schedule", "n=100*(t+1)", "--goal", "mean=0.01"]
    assert run(["plan", *table, *given]) == 1
    words = capsys.readouterr().out.replace("\n", " ")
    assert "If the schedule goes on for ever: the error stays bounded" in words


TABLES = {
    "another name": ("t,a\n0,0.1\n", "E236"),
    "one column": ("generation\n0\n", "E236"),
    "a gap": ("generation,a\n0,0.1\n2,0.1\n", "E237 generation 1 is missing"),
    "from one": ("generation,a\n1,0.1\n2,0.1\n", "E237 generation 0 is missing"),
    "twice": ("generation,a\n0,0.1\n0,0.1\n", "E237 generation 0 is twice"),
    "a half": ("generation,a\n0.5,0.1\n", "E237"),
    "no rows": ("generation,a\n", "E237"),
    "a word": ("generation,a\n0,many\n", "E221"),
    "too short": ("generation,a\n0,0.1\n1,0.1\n", "E141 the table of a ends with generation 1"),
}


@pytest.mark.parametrize("text, words", TABLES.values(), ids=TABLES)
def test_a_wrong_table_of_a_schedule_has_a_line(table, capsys, tmp_path, text, words):
    (tmp_path / "plan.csv").write_text(text)
    asked = ["--set", "n=9", "--schedule-table", "plan.csv", "--generations", "20"]
    assert run(["plan", *table, *asked]) == 2
    line = capsys.readouterr().err
    assert words in line and line.count("\n") == 1


OPTIONS = {
    "no loop": ([], "E111"),
    "no formula": (["--schedule", "a"], "E141"),
    "two schedules": (["--schedule", "a=1", "--schedule", "a=0.5"], "two schedules"),
    "a number as well": (["--set", "a=0.1", "--schedule", "a=0.1"], "given twice"),
    "nothing said": ([], "has no number"),
    "an unknown goal": (["--find", "a", "--goal", "tv=0.1"], "E110"),
    "another time": (["--find", "a", "--when", "never"], "E142"),
    "a constant cost": (["--find", "a", "--cost", "5"], "E143"),
    "a cost of nothing": (["--set", "a=0.1", "--cost", "a"], "E143"),
    "a cost that falls": (["--find", "a", "--cost", "1 - a"], "falls while a grows"),
    "an infinite cost": (["--find", "a", "--cost", "1/a"], "not finite"),
    "too long": (["--find", "a", "--generations", "500"], "E142"),
    "no share": (["--find", "a=-5:5"], "a cannot be -5"),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_wrong_options_of_a_plan_have_a_line(table, capsys, name):
    options, words = OPTIONS[name]
    loop = table[:2] if name == "no loop" else [*table, "--set", "n=9"]
    assert run(["plan", *loop, *options]) == 2
    line = capsys.readouterr().err
    assert words in line and line.count("\n") == 1


def test_a_table_says_how_many_generations_there_are(table, capsys, tmp_path):
    (tmp_path / "plan.csv").write_text("generation,a\n0,0.5\n1,0.25\n2,0.2\n")
    asked = ["--set", "n=9", "--schedule-table", "plan.csv", "--json"]
    assert run(["plan", *table, *asked]) == 0
    assert json.loads(capsys.readouterr().out)["result"]["generations"] == 3
    found = answers.plan(LINE, loop="Mix(real, a)", schedule={"a": np.array([0.5, 0.3])})
    assert found.generations == 2


def test_the_generation_is_not_given_twice_where_it_is_set_once(table, capsys):
    for loop in ("Draw(n) >> Mix(real, t)", "Draw(n)"):
        assert run(["plan", *table[:2], "--loop", loop, "--set", "n=9", "--set", "t=3"]) == 2
        assert "twice" not in capsys.readouterr().err


MISUSE = {
    "a list": ({"goals": ["w2"]}, "goals have a level each"),
    "no level": ({"goals": {"w2": None}}, "must be a positive number, got None"),
    "letters": ({"interval": "ab"}, "needs two numbers"),
    "no share": ({"interval": (-5, 5)}, "a cannot be -5"),
}


@pytest.mark.parametrize("asked, words", MISUSE.values(), ids=MISUSE)
def test_what_is_no_goal_and_no_interval_has_a_line(asked, words):
    given = {"loop": "Draw(100) >> Mix(real, a)", "unknown": "a", "goals": {"w2": 0.5}}
    with pytest.raises(gl.errors.InputError, match=words) as failure:
        answers.plan(LINE, **{**given, **asked})
    assert "\n" not in str(failure.value)


def test_a_count_is_looked_for_where_the_stages_accept_it():
    loop = "Draw(n) >> Mix(real, 100 / (n + 100), samples=100)"
    asked = {"goals": {"w2": 0.5}, "unknown": "n", "generations": 2}
    assert answers.plan(LINE, loop=loop, **asked).plans["optimum"].numbers == (2, 2)


def test_data_that_are_kept_are_followed_by_their_moments():
    asked = {"values": {"n": 50}, "generations": 6}
    pools = {"accumulate": {}, "subsample": {"G": 6}, "keep-window": {"w": 3}}
    for loop, more in pools.items():
        given = {**asked, "values": {**asked["values"], **more}}
        table = answers.plan(PLANE, loop=loop, **given).statistics["variance_kept"]
        words = answers.plan(WORDS, loop=loop, **given).statistics["diversity_kept"]
        assert table == pytest.approx(words, rel=1e-12)
        memory, times = gl.loops.memory, range(1, 7)
        if loop == "accumulate":
            exact = [memory.kept_variance(t, samples=50, size=50) for t in times]
            assert table == pytest.approx(exact, rel=1e-12)
        if loop == "subsample":
            exact = [memory.subsampled_variance(t, samples=50).fit for t in times]
            assert table == pytest.approx(exact, rel=1e-12)


def test_the_points_that_join_a_pool_are_looked_for():
    loop = "Accumulate(Temper(0.9), samples=50, real=real, real_samples=m)"
    asked = {"goals": {"variance": 0.92}, "generations": 2, "unknown": "m"}
    best = answers.plan(LINE, loop=loop, **asked).plans["optimum"]
    numbers = itertools.product(range(1, 150), repeat=2)
    assert best.cost == min(sum(x) for x in numbers if min(_pooled(x)) >= 0.92)
    inside = {"subsample": {"G": 2}, "Accumulate(Draw(n), samples=9)": {}}
    for loop, values in inside.items():
        with pytest.raises(gl.errors.InputError, match="n counts points within a stage"):
            answers.plan(LINE, loop=loop, values=values, **{**asked, "unknown": "n"})


def _pooled(real_points, samples=50, heat=0.9):
    """The variances of a pool to which samples of its fit and real points join, in plain numbers"""
    size, error, variance = samples + real_points[0], 0.0, 1.0
    for points in real_points:
        joining = samples + points
        share, part = points / joining, joining / (size + joining)
        drawn, noise = (1 - 1 / samples) * heat * variance, heat * variance / samples
        gap = error + noise + 1 / points
        new = (1 - share) * drawn + share * (1 - 1 / points) + share * (1 - share) * gap
        new_error = (1 - share) ** 2 * (error + noise) + share**2 / points
        both = (1 - share) * error
        between = error + new_error - 2 * both
        variance = (1 - part) * variance + part * new + part * (1 - part) * between
        error = (1 - part) ** 2 * error + part**2 * new_error + 2 * part * (1 - part) * both
        size += joining
        yield variance


def test_a_plan_is_dumped_and_read_again(table, capsys):
    asked = ["--schedule", "a=0.5/(t+1)", "--set", "n=100", "--generations", "3"]
    assert run(["plan", *table, *asked, "--dump-config", "study.toml"]) == 0
    assert run(["plan", "--config", "study.toml", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["result"]
    assert found["schedule"]["a"] == pytest.approx([0.5, 0.25, 0.5 / 3])
