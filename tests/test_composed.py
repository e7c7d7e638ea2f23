"""Any loop that is typed: engine and closed answers agree, and both with plain simulations."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.flatten_util import ravel_pytree

import genloop as gl
from genloop.analysis import follow
from genloop.answers.composed import chosen, ends, recognised
from genloop.answers.thresholds import loop_threshold
from genloop.cli.run import run
from genloop.errors import InputError

SKEWED = gl.Categorical.of([5.0, 3.0, 2.0])
PLANE = gl.Gaussian.of([0.0, 1.0], [[2.0, 0.5], [0.5, 1.0]])


@pytest.fixture
def answer(capsys):
    """Run a command with --json: its exit code and the result of its document."""

    def call(*arguments):
        code = run([*map(str, arguments), "--json"])
        return code, json.loads(capsys.readouterr().out)["result"]

    return call


@pytest.fixture
def counts(tmp_path):
    path = tmp_path / "counts.csv"
    path.write_text("token,count\na,60\nb,25\nc,10\nd,5\n")
    return path


@pytest.mark.parametrize("temperature", [0.5, 0.8, 1.3])
def test_the_engine_finds_the_thresholds_that_are_known_in_closed_form(temperature):
    text = f"Temper({temperature}) >> Mix(real, a)"
    found = loop_threshold(chosen(text, SKEWED))
    solved = gl.answers.threshold(SKEWED, loop=text)
    assert type(solved) is gl.answers.OutcomeThresholds and solved.loop == found.loop == text
    for name, ours in found.thresholds.items():
        exact = solved.thresholds[name]
        if ours.value is None:
            # What was sought and not found is not called absent.
            assert exact.value is None
            continue
        np.testing.assert_allclose(ours.value, exact.value, rtol=1e-9)
        lower, upper = ours.bracket
        assert lower - 1e-12 <= exact.value <= upper + 1e-12 and upper - lower < 1e-11


def test_a_loop_that_loses_its_healthy_state_by_symmetry_has_a_local_threshold():
    uniform = gl.Categorical.uniform(3)
    found = loop_threshold(chosen("Temper(0.5) >> Mix(real, a)", uniform)).thresholds
    # The uniform state is stable while (1 - a)/T < 1.
    np.testing.assert_allclose(found["local"].value, 0.5, rtol=1e-11)
    exact = gl.loops.temperature.thresholds(uniform, temperature=0.5)["unique"].value
    np.testing.assert_allclose(found["unique"].value, exact, rtol=1e-9)


def test_an_unknown_may_be_any_parameter_and_the_better_side_may_be_below():
    asked = chosen("Temper(T) >> Mix(real, 0.1)", SKEWED, unknown="T", interval=(1.0, 3.0))
    found = loop_threshold(asked, at=1.5)
    assert found.side == "below"
    needed = found.thresholds["fidelity"].value
    end = gl.fixed_point(gl.Temper(needed) >> gl.Mix(SKEWED, 0.1), SKEWED).state
    moved = 0.5 * np.abs(np.asarray(end.probabilities - SKEWED.probabilities)).sum()
    np.testing.assert_allclose(moved, 0.1, rtol=1e-9)
    assert found.met is (needed >= 1.5)


@pytest.mark.parametrize(
    "text, factor, noise",
    [
        ("Temper(0.7) >> Draw(500) >> Mix(real, a, samples=100)", 0.7, 0.01),
        pytest.param(
            "Nucleus(0.9) >> Draw(500) >> Mix(real, a)",
            1 - 0.1 * np.log(10) / 0.9,
            0.0,
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_gaussian_loop_needs_the_real_data_of_its_expected_variance(text, factor, noise):
    found = gl.answers.threshold(PLANE, loop=text, at=0.3)
    # A nucleus of mass c in the plane has the factor k = 1 + (1 - c) log(1 - c)/c; samples wander
    # with their mean, and so do real ones with the noise 1/m.
    a, error, kept = found.thresholds["variance"].value, 0.0, 1.0
    for _ in range(1000):
        error, kept = error + factor * kept / 500, factor * kept * 499 / 500
        between = a * (1 - a) * (error + noise)
        error, kept = (1 - a) ** 2 * error + a**2 * noise, (1 - a) * kept + a * (1 - noise)
        kept += between
    np.testing.assert_allclose(kept, 0.9, rtol=1e-12)
    # With infinite data s = a + (1 - a) k s keeps the share a/(1 - (1 - a) k).
    kept = 0.3 / (1 - 0.7 * factor)
    np.testing.assert_allclose(found.at.distances["variance_kept"], kept, rtol=1e-12)
    assert found.met is False


def test_a_window_has_the_thresholds_of_its_loop_and_the_roots_of_its_memory(counts):
    inner = "Temper(0.8) >> Mix(real, a)"
    text = f"Window({inner}, samples=100, generations=5)"
    asked = gl.answers.threshold(SKEWED, loop=text)
    same = gl.answers.threshold(SKEWED, loop=inner)
    assert asked.thresholds == same.thresholds and asked.loop != same.loop
    points = gl.answers.fixed_points(SKEWED, loop=text, values={"a": 0.3}).fixed_points
    stage = gl.language.parse(text).build({"a": 0.3}, real=SKEWED)
    history = gl.models.History.of(points[0].point.state, generations=5, size=100)
    for _ in range(5):
        history = stage(history)
    numbers, unravel = ravel_pytree(history)
    shares = [i for i, x in enumerate(numbers) if x < 1]
    step = lambda x: ravel_pytree(stage(unravel(numbers.at[jnp.array(shares)].set(x))))[0]
    matrix = np.asarray(jax.jacfwd(step)(numbers[jnp.array(shares)]))[shares]
    radius = np.abs(np.linalg.eigvals(matrix)).max()
    np.testing.assert_allclose(points[0].spectral_radius, radius, rtol=1e-9)


def generation(probabilities, real, *, share, rng=None, samples=None):
    """Temperature 0.8, the likeliest three, of these a nucleus of 0.9, and a share of real data."""
    p = probabilities ** (1 / 0.8)
    p[np.argsort(-p, kind="stable")[3:]] = 0
    p /= p.sum()
    order = np.argsort(-p, kind="stable")
    before = np.cumsum(p[order]) - p[order]
    p[order[before >= 0.9 * (1 - 1e-12)]] = 0
    p /= p.sum()
    if rng is not None:
        p = np.bincount(rng.choice(len(p), samples, p=p), minlength=len(p)) / samples
    return share * real + (1 - share) * p


def test_truncated_loops_end_where_plain_iterations_end():
    weights = np.array([60.0, 25, 10, 5, 4, 3]) / 107
    real = gl.Categorical(jnp.asarray(weights))
    text = "Temper(0.8) >> TopK(3) >> Nucleus(0.9) >> Mix(real, a)"
    assert recognised(chosen(text, real)).temperature == 0.8
    found = gl.answers.threshold(real, loop=text, at=0.05)
    assert isinstance(found, gl.answers.LoopThresholds)

    def moved(share):
        state = weights
        for _ in range(3000):
            state = generation(state, weights, share=share)
        return 0.5 * np.abs(state - weights).sum()

    np.testing.assert_allclose(found.at.distances["total_variation"], moved(0.05), rtol=1e-9)
    needed = found.thresholds["fidelity"].value
    assert moved(needed + 1e-9) <= 0.1 < moved(needed - 1e-9)


def test_runs_of_a_typed_loop_have_the_law_of_a_simulation_sample_by_sample(counts, answer):
    text = "Temper(0.8) >> TopK(3) >> Nucleus(0.9) >> Draw(50) >> Mix(real, 0.05)"
    code, result = answer(
        "simulate", "--counts", counts, "--loop", text, "--generations", 4, "--replicates", 4000
    )
    assert code == 0 and result["loop"] == text
    weights, rng, ends = np.array([0.6, 0.25, 0.1, 0.05]), np.random.default_rng(1), []
    for _ in range(4000):
        state = weights
        for _ in range(4):
            state = generation(state, weights, share=0.05, rng=rng, samples=50)
        ends.append(0.5 * np.abs(state - weights).sum())
    ours = result["statistics"]["total_variation"]
    error = np.hypot(ours["standard_error"][-1], np.std(ends) / np.sqrt(len(ends)))
    # Both have 4,000 runs: five standard errors.
    assert abs(ours["mean"][-1] - np.mean(ends)) < 5 * error


def test_a_table_with_a_nucleus_and_a_fixed_real_set_is_answered(tmp_path, answer):
    table = tmp_path / "table.csv"
    rng = np.random.default_rng(0)
    table.write_text("x,y\n" + "".join("{},{}\n".format(*row) for row in rng.normal(size=(40, 2))))
    text = "Nucleus(0.95) >> Draw(1000) >> Mix.fixed(real, a, samples=200)"
    code, result = answer("threshold", "--table", table, "--loop", text, "--at", 0.8)
    assert code == 0 and result["thresholds"]["variance"]["value"] is not None
    code, again = answer("threshold", "--table", table, "--loop", text, "--at", 0.1)
    assert code == 1 and again["thresholds"] == result["thresholds"]
    # The fixed set is drawn by the seed.
    _, other = answer("threshold", "--table", table, "--loop", text, "--at", 0.1, "--seed", 1)
    assert other["thresholds"] != result["thresholds"]


@pytest.mark.slow
def test_what_is_asked_decides_the_exit_code(counts, answer):
    text = "TopK(3) >> Temper(0.8) >> Mix(real, a)"
    code, result = answer("threshold", "--counts", counts, "--loop", text, "--find", "a=0.2:1")
    assert code == 0 and result["interval"] == [0.2, 1.0]
    code, result = answer("threshold", "--counts", counts, "--loop", "Draw(9)>>Mix(real, a)")
    assert code == 0 and result["thresholds"]["fidelity"]["value"] is None
    code, result = answer("fixed-points", "--counts", counts, "--loop", text, "--set", "a=0.2")
    assert code == 0 and result["temperature"] is None and result["loop"].startswith("TopK(3)")


@pytest.mark.parametrize(
    "arguments, code, said",
    {
        "unknown stage": (("--loop", "Tempr(0.8) >> Mix(real, a)"), "E132", "[[Tempr]]"),
        "missing number": (("--loop", "Temper(T) >> Mix(real, a)"), "E136", "--set"),
        "a call": (("--loop", "Temper(open(1))"), "E13", "[["),
        "an attribute": (("--loop", "Temper.__class__(1)"), "E13", "[["),
        "a string": (("--loop", "Temper('0.8')"), "E13", "[["),
        "unbalanced": (("--loop", "Temper(0.8 >> Mix(real, a)"), "E131", "[["),
        "10,000 letters": (("--loop", "Temper(0.8) >> " * 700 + "Mix(real, a)"), "E135", "10,"),
        "nothing unknown": (("--loop", "Mix(real, 0.3)"), "E136", "nothing is unknown"),
        "no interval": (("--loop", "Temper(T) >> Mix(real, 0.3)"), "E136", "T=0.1:2"),
        "twice": (("--loop", "Mix(real, a)", "-T", 0.8), "E111", "write Temper(0.8)"),
        "twice, as it is anyway": (("--loop", "Mix(real, a)", "-T", 1.0), "E111", "Temper(1)"),
        "a rule of ties": (("--loop", "Mix(real, a)", "--ties", "all"), "E111", "Nucleus"),
        "all is set": (("--loop", "Mix(real, a)", "--set", "a=0.3"), "E136", "--at 0.3"),
        "set too far": (("--loop", "Mix(real, a)", "--set", "a=3"), "E134", "[[a]]"),
        "asked too far": (("--loop", "Mix(real, a)", "--at", 2), "E134", "a cannot be 2"),
        "without a loop": (("--set", "a=1"), "E111", "--loop"),
    }.values(),
    ids=str,
)
def test_a_wrong_loop_gets_one_line_that_shows_the_place(capsys, counts, arguments, code, said):
    assert run(["threshold", "--counts", str(counts), *map(str, arguments)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1 and err.startswith(code) and said in err


def test_a_study_gives_way_to_a_loop_that_is_typed(capsys, counts, tmp_path):
    study = tmp_path / "study.toml"
    study.write_text('loop = "Temper(T) >> Mix(real, a)"\ntemperature = 0.7\nset = {T = 0.8}\n')
    command = ["fixed-points", "--counts", str(counts), "--config", str(study)]
    assert run([*command, "--loop", "Mix(real, 0.3)"]) == 0
    assert run([*command, "--set", "a=0.3"]) == 2
    study.write_text('loop = "Temper(T) >> Mix(real, 0.3)"\nset = {T = 0.8}\n')
    assert run([*command, "-T", "0.7"]) == 2
    told = capsys.readouterr().err.splitlines()
    assert ["write --set T=0." in line for line in told] == [True, True]
    study.write_text('goal = ["tv=0.1"]\n')
    assert run(command) == 2
    assert "put it under [threshold]" in capsys.readouterr().err


def test_recipes_with_inner_stages_are_answered_on_the_command_line(counts, answer):
    sizes = ["T=0.8", "n=1000", "m=100", "w=3"]
    given = [word for one in sizes for word in ("--set", one)]
    code, found = answer("fixed-points", "--counts", counts, "--loop", "heat-death-window", *given)
    assert code == 0 and found["loop"].startswith("Window(Temper(0.8), samples=1000")


def test_a_loop_without_draws_is_not_simulated(capsys, counts):
    assert run(["simulate", "--counts", str(counts), "--loop", "Mix(real, 0.3)"]) == 2
    assert "Draw(1000)" in capsys.readouterr().err


def test_a_stable_state_is_followed_to_its_fold_and_never_past_it():
    loop = lambda a: gl.Temper(0.5) >> gl.Mix(SKEWED, a)
    won = gl.fixed_point(loop(0.1), gl.Categorical.of([0.05, 0.9, 0.05]), continued=False)
    path = follow(loop, won, 0.1, 0.9)
    exact = gl.loops.temperature.thresholds(SKEWED, temperature=0.5)["unique"].value
    assert path.bracket[0] - 1e-12 <= exact <= path.bracket[1] + 1e-12
    assert all(bool(point.stable) for point in path.points)
    with pytest.raises(ValueError, match="stable"):
        follow(loop, gl.fixed_point(loop(0.1), gl.Categorical.uniform(3), continued=False), 0, 1)


@pytest.mark.slow
def test_the_demo_text_with_temperature_then_top_k_then_a_nucleus(answer):
    text = "Temper(0.8) >> TopK(200) >> Nucleus(0.95) >> Mix(real, a)"
    code, result = answer("threshold", "--tokens", "demo", "--loop", text, "--at", 0.05)
    real = np.asarray(gl.data.tokens("demo").probabilities)

    def end(share, state=real):
        for _ in range(2000):
            p = state ** (1 / 0.8)
            p[np.argsort(-p, kind="stable")[200:]] = 0
            p /= p.sum()
            order = np.argsort(-p, kind="stable")
            before = np.cumsum(p[order]) - p[order]
            p[order[before >= 0.95 * (1 - 1e-12)]] = 0
            state, last = share * real + (1 - share) * p / p.sum(), state
            if np.abs(state - last).max() < 1e-15:
                break
        return state

    moved = lambda share, *first: 0.5 * np.abs(end(share, *first) - end(share)).sum()
    apart = lambda share: 0.5 * np.abs(end(share) - real).sum()
    assert code == 1
    np.testing.assert_allclose(result["at"]["total_variation"], apart(0.05), rtol=1e-9)
    needed = result["thresholds"]["fidelity"]["value"]
    assert apart(needed + 1e-9) <= 0.1 < apart(needed - 1e-9)
    # The second likeliest token that has won stays so below the threshold, and not above.
    won = 0.05 * real + 0.95 * np.eye(1, len(real), np.argsort(-real, kind="stable")[1])[0]
    unique = result["thresholds"]["unique"]["value"]
    assert moved(unique - 1e-3, won) > 0.3 and moved(unique + 1e-3, won) < 1e-6


REFUSED = {
    "a part of a sample": ("Draw(0.3) >> Mix(real, a)", {}, "E134", "[[0.3]]"),
    "fewer than none": ("Draw(-5) >> Mix(real, a)", {}, "E134", "[[-5]]"),
    "a window of no length": ("Window(Mix(real, a), samples=9)", {}, "E134", "generations=5"),
    "kept data inside": (
        "Accumulate(Temper(0.8), samples=9) >> Mix(real, a)",
        {},
        "E134",
        "inside",
    ),
    "other real data": (
        "Mix(Categorical(1, 2), 0.3)",
        {},
        "E134",
        "[[Mix(Categorical(1, 2), 0.3)]]",
    ),
    "another kind": ("Mix(Gaussian(0, 1), a)", {}, "E134", "[[Mix(Gaussian(0, 1), a)]]"),
    "below zero": ("Temper(-0.8) >> Mix(real, a)", {}, "E134", "[[-0.8]]"),
    "set below zero": ("Temper(T) >> Mix(real, a)", {"values": {"T": -1}}, "E134", "[[T]]"),
    "too far": ("Mix(real, a)", {"interval": (0, 2)}, "E134", "a cannot be 2"),
    "from too far": ("Mix(real, a)", {"interval": (-3, 9)}, "E134", "a cannot be -3"),
    "turned round": ("Mix(real, a)", {"interval": (1, 0)}, "E136", "the lower one first"),
    "a count": ("TopK(k) >> Mix(real, 0.3)", {}, "E136", "k counts something"),
    "a length": ("Window(Mix(real, 0.3), samples=9, generations=w)", {}, "E136", "--set w=5"),
    "a count in a sum": (
        "Draw(9) >> Mix(real, m / (m + 9), samples=m)",
        {"unknown": "m", "interval": (1, 9)},
        "E136",
        "m counts something",
    ),
    "no interval": ("Temper(T) >> Mix(real, 0.3)", {}, "E136", "--find T=0.1:2"),
    "a share is what is sought": ("Temper(T) >> Mix(real, a)", {}, "E136", "--set T=0.8"),
    "how many": ("Temper(0.8) >> Mix(real, a) >> Draw(n)", {}, "E136", "--set n=1000"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_loop_that_cannot_be_answered_is_refused_before_anything_is_solved(case):
    text, asked, code, words = REFUSED[case]
    with pytest.raises(InputError) as caught:
        chosen(text, SKEWED, **asked)
    assert caught.value.code == code and words in str(caught.value)
    assert str(caught.value).isprintable()


def test_python_is_told_in_a_sentence_what_a_loop_and_real_data_are():
    built = gl.Temper(0.8) >> gl.Mix(SKEWED, 0.3)
    text = "Draw(50) >> Mix(real, a)"
    for call, words in [
        (lambda: gl.answers.threshold(SKEWED, loop=built), "genloop.language.parse"),
        (lambda: gl.answers.threshold([5, 3, 2], loop=text), "Categorical.of"),
        (lambda: gl.answers.simulation(SKEWED, loop=text), "a has no number; set it"),
        (lambda: gl.language.parse(None), "text"),
        (lambda: gl.fixed_point(gl.language.parse(text), SKEWED), "build"),
    ]:
        with pytest.raises(ValueError, match=words):
            call()


FOUR = gl.Categorical.of([50.0, 30.0, 15.0, 5.0])


@pytest.mark.slow
def test_a_rule_before_a_temperature_above_one_has_a_derivative_where_it_drops():
    found = gl.answers.threshold(FOUR, loop="TopK(2) >> Temper(1.3) >> Mix(real, a)", at=0.37)
    # Five and three eighths are kept: the distance is 0.2 (1 - a).
    np.testing.assert_allclose(found.thresholds["fidelity"].value, 0.5, rtol=1e-9)
    loop = gl.TopK(2) >> gl.Temper(1.3) >> gl.Mix(FOUR, 0.37)
    state = found.at.point.state
    x, kept = np.asarray(state.probabilities), np.array([0, 1])
    q = x[kept] ** (1 / 1.3)
    q /= q.sum()
    # On the two that are kept: (1 - a)/T (diag(q/x) - q (q/x)^T), whose trace is the multiplier.
    radius = 0.63 / 1.3 * ((q / x[kept]) * (1 - q)).sum()
    np.testing.assert_allclose(found.at.spectral_radius, radius, rtol=1e-9)
    np.testing.assert_allclose(loop(state).probabilities, x, rtol=1e-12)


@pytest.mark.slow
def test_every_stable_end_of_a_truncated_loop_is_found_from_a_batch_of_first_models():
    text = "Temper(0.8) >> TopK(2) >> Mix(real, a)"
    weights, rng, known = np.array([0.5, 0.3, 0.15, 0.05]), np.random.default_rng(5), []
    for _ in range(300):
        state = rng.dirichlet(np.full(4, 0.3))
        for _ in range(600):
            p = state**1.25
            p[np.argsort(-p, kind="stable")[2:]] = 0
            state = 0.15 * weights + 0.85 * p / p.sum()
        if not any(np.abs(state - end).max() < 1e-6 for end in known):
            known.append(state)
    points = gl.answers.fixed_points(FOUR, loop=text, values={"a": 0.15}).fixed_points
    stable = [point.point.state.probabilities for point in points if point.stable]
    assert len(stable) == len(known) == 3
    assert all(min(np.abs(end - other).max() for other in stable) < 1e-9 for end in known)
    # Of two that are kept the second is lost where its share falls below that of the first.
    found = gl.answers.threshold(FOUR, loop=text).thresholds["unique"]
    assert 0.2056 < found.value < 0.2057


def test_what_is_undecided_is_neither_met_nor_not_met():
    text = "Temper(1) >> Mix(real, a**2)"
    found = gl.answers.threshold(FOUR, loop=text, unknown="a", interval=(0.0, 1.0), at=0.0)
    assert found.at.stable is None and found.met is None and not found.decided
    assert found.thresholds["fidelity"].status == "not resolved"


def test_of_an_end_that_was_not_found_no_number_is_told(monkeypatch):
    still = lambda model: jax.tree.map(lambda p: p * jnp.where(p > 0, jnp.nan, 1.0), model)
    missed = gl.fixed_point(still, FOUR)
    monkeypatch.setattr(ends, "fixed_point_of_many", lambda *_, **__: missed)
    found = gl.answers.threshold(FOUR, loop="TopK(2) >> Temper(0.8) >> Mix(real, a)", at=0.5)
    assert not found.at.converged and found.met is None and not found.decided
    assert {one.status for one in found.thresholds.values()} == {"not resolved"}
    assert all(np.isnan(number) for number in found.at.distances.values())
    assert found.document()["result"]["at"]["total_variation"] is None
