"""Loops as they are typed: what a text means, and what is said of one that means nothing."""

import inspect

import equinox as eqx
import jax
import jax.numpy as jnp
import jax.random as jr
import numpy as np
import pytest
from cases import FAMILIES, PARTNERS, SKEWED
from hypothesis import given, settings, strategies as st

import genloop as gl
from genloop import language, stages
from genloop.errors import InputError
from genloop.language import parse
from genloop.papers import (
    alemohammad2023,
    alemohammad2024,
    barzilai2025,
    bertrand2023,
    borji2024,
    borkar2025,
    dey2024,
    dohmatob2024,
    falahati2026,
    ferbach2024,
    fu2024,
    gerstgrasser2024,
    gillman2024,
    he2025,
    kazdan2024,
    marchi2024,
    schaeffer2025,
    seddik2024,
    shumailov2024,
    suresh2024,
    taori2022,
    zhao2025,
)

# One text for every stage that is exported; the names are compared with the exports below.
TEXTS = {
    "Accumulate": "Accumulate(Temper(0.8) >> Mix(real, a), samples=50, real=real, real_samples=5)",
    "Blend": "Blend(real, g, samples=40)",
    "Choose": "Choose(Rewards(0, 1, b), among=4)",
    "Diffuse": "Diffuse(0.1)",
    "Draw": "Draw(40)",
    "Guide": "Guide(w, Temper(T) >> Draw(40), flow=True)",
    "InTurn": 'InTurn(TopK(2, ties="all") >> Nucleus(0.8))',
    "Loop": "Loop(Temper(0.8) >> Draw(40))",
    "MinP": "MinP(0.5)",
    "Mix": "Mix(real, a, samples=10)",
    "Nucleus": 'Nucleus(0.7, ties="all")',
    "Refit": "Refit(steps=3, step_size=0.1)",
    "Renew": "Renew(Temper(T) >> Mix(real, a), 0.2)",
    "Smooth": 'Smooth("scott", relative=False, shrink=True, samples=50)',
    "Subsample": "Subsample(Temper(T), samples=50, chosen=40, generations=20)",
    "Temper": "Temper(T)",
    "TemperatureFunction": "TemperatureFunction(lambda p: p + a * p**3)",
    "Tilt": "Tilt(Rewards(0, 1, b))",
    "TopK": "TopK(2)",
    "Unbias": "Unbias(40)",
    "Window": "Window(Temper(T), samples=lambda t: 10 + 2 * t, generations=3)",
}
VALUES = {"a": 0.3, "b": 2.0, "T": 0.8, "g": 0.5, "w": 1.5}


def exported():
    """The stages that `genloop.stages` exports and that can be made."""
    found = (getattr(stages, name) for name in dir(stages))
    return {
        one.__name__
        for one in found
        if inspect.isclass(one)
        and issubclass(one, stages.AbstractStage)
        and not inspect.isabstract(one)
    }


def test_every_exported_stage_has_a_text_here():
    assert set(TEXTS) == exported()


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_is_the_stage_that_python_makes(name):
    pipeline = parse(TEXTS[name])
    values = {known: VALUES[known] for known in pipeline.parameters}
    built = pipeline.build(values, real=SKEWED)
    assert type(built).__name__ == name
    assert parse(pipeline.text) == pipeline
    fixed = pipeline.with_values(values)
    assert fixed.parameters == ()
    assert parse(fixed.text) == fixed


def test_stages_are_joined_from_left_to_right():
    pipeline = parse("Temper(0.8) >> (TopK(2) >> Draw(n)) >> Mix(real, a, samples=n / 10)")
    loop = gl.Temper(0.8) >> gl.TopK(2) >> gl.Draw(50) >> gl.Mix(SKEWED, 0.25, samples=5)
    built = pipeline.build({"n": 50, "a": 0.25}, real=SKEWED)
    assert jax.tree.structure(built) == jax.tree.structure(loop)
    assert jax.tree.leaves(built)[0] == jax.tree.leaves(loop)[0]
    assert pipeline.parameters == ("n", "a")
    assert [call.name for call in pipeline.calls] == ["Temper", "TopK", "Draw", "Mix"]
    assert pipeline.calls[3].stage is gl.Mix
    assert list(pipeline.calls[3].arguments) == ["real", "real_fraction", "samples"]
    assert pipeline.calls[3].arguments["samples"].value({"n": 50}) == 5


def test_arguments_at_their_defaults_are_left_out():
    assert parse('TopK(outcomes=3, ties="first")') == parse("TopK(3)")
    assert parse("Mix(real, a, None)").text == "Mix(real, a)"
    assert parse("Mix(real_fraction=a, real=real)") == parse("Mix(real, a)")


@pytest.mark.parametrize(
    "text",
    [
        "1 - 2 - 3",
        "1 - (2 - 3)",
        "2 * (1 + a) / (3 / a)",
        "-2**2",
        "(-2)**2",
        "2**-a**2",
        "(a**2)**3",
        "--a",
        "1 - -3e-7",
        "0.1 + 1e300 * a",
        "-(a + 1)**2",
    ],
)
def test_arithmetic_is_that_of_python_and_its_text_says_the_same(text):
    argument = parse(f"Temper({text})").calls[0].arguments["temperature"]
    assert argument.value({"a": 0.37}) == eval(text, {"a": 0.37})
    assert parse(f"Temper({argument.text})").calls[0].arguments["temperature"] == argument


def test_whole_numbers_stay_whole():
    value = lambda text: parse(f"Temper({text})").calls[0].arguments["temperature"].value({})
    assert [type(value(text)) for text in ("10**3", "2 * 3 - 1", "1e3", "4 / 2", "2**99")] == [
        int,
        int,
        float,
        float,
        float,
    ]
    assert parse("Draw(1e3)").build().samples == 1000
    assert parse("Draw(1e3)").text == "Draw(1000)"
    assert parse("Draw(n)").with_values({"n": 40.0}).text == "Draw(40)"
    assert parse("Draw(n)").build({"n": 12.0}).samples == 12


def test_models_are_written_by_their_numbers():
    mixed = parse("Mix(Categorical(0.5, 0.3, b), a)").build({"a": 0.1, "b": 0.2})
    assert mixed.real.probabilities == pytest.approx([0.5, 0.3, 0.2])
    real = parse("Mix(Gaussian(1, 4), 0.5)").build().real
    assert (float(real.mean[0]), float(real.covariance[0, 0])) == (1.0, 4.0)


def test_numbers_may_be_traced():
    pipeline = parse("Temper(T) >> Mix(Categorical(1, 1, b), a**2)")

    def leader(numbers):
        T, a, b = numbers
        return pipeline.build({"T": T, "a": a, "b": b})(SKEWED).probabilities[0]

    at = jnp.array([0.7, 0.4, 1.5])
    slopes = jax.jit(jax.grad(leader))(at)
    step = 1e-6
    for index in range(3):
        move = jnp.zeros(3).at[index].set(step)
        difference = (leader(at + move) - leader(at - move)) / (2 * step)
        assert slopes[index] == pytest.approx(float(difference), rel=1e-7)


def test_the_parameters_of_a_function_have_derivatives():
    pipeline = parse("TemperatureFunction(lambda p: p + c * p**3)")
    leader = lambda c: pipeline.build({"c": c})(SKEWED).probabilities[0]
    difference = (leader(2.0 + 1e-6) - leader(2.0 - 1e-6)) / 2e-6
    assert jax.grad(leader)(2.0) == pytest.approx(float(difference), rel=1e-7)


def test_fixed_real_sets_come_from_the_seed_each_its_own():
    pipeline = parse("Mix.fixed(real, 0.3, samples=50) >> Mix.fixed(real, 0.3, samples=50)")
    drawn = [
        [
            stage.real.probabilities.tolist()
            for stage in pipeline.build(real=SKEWED, seed=seed).stages
        ]
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]
    assert drawn[0][0] != drawn[0][1]


# text: (code, column, words of the message)
WRONG = {
    "": ("E131", 1, "there is no loop"),
    "  ": ("E131", 3, "there is no loop"),
    "Tempr(0.8)": ("E132", 1, "did you mean Temper?"),
    "temper(0.8)": ("E132", 1, "did you mean Temper?"),
    "TopP(0.9)": ("E132", 1, "did you mean Nucleus?"),
    "Temper(T=0.8)": ("E133", 8, "write Temper(0.8)"),
    "Temper(0.8) > Mix(real, a)": ("E131", 13, "stages are joined by >>"),
    "Temper(0.8": ("E131", 7, "never closed"),
    "Temper(0.8))": ("E131", 12, "open a parenthesis"),
    "Temper(0.8) >>": ("E131", 15, "ends too early"),
    "Temper()": ("E133", 1, "needs temperature"),
    "Temper": ("E133", 1, "write Temper(temperature)"),
    "Temper(0.8, 1)": ("E133", 13, "too many"),
    "Temper(0.8, temperature=1)": ("E133", 13, "given twice"),
    "Temper(temprature=1)": ("E133", 8, "did you mean temperature?"),
    "a(0.3)": ("E132", 1, "no stage 'a'"),
    "Temper(exp(1))": ("E132", 8, "no 'exp'"),
    "Temper(2 * exp(1))": ("E132", 12, "no 'exp'"),
    "Temper(-exp(1))": ("E132", 9, "no 'exp'"),
    "Temper(0.8) + Draw(3)": ("E133", 1, "this is no stage"),
    "Renew(Temper(1)*3, 0.1)": ("E133", 7, "this is no stage"),
    "A/cumulate(Temper(1))": ("E133", 1, "this is no stage"),
    "Mix(-real, 0.1)": ("E133", 5, "this is no model"),
    "Temper(2 * (Draw(3) >> Draw(4)))": ("E133", 12, "this is none"),
    "Temper(0.8)(1)": ("E131", 12, "out of place"),
    "Mix.made(real, a)": ("E132", 1, "no stage 'Mix.made'"),
    "Mix(real.probabilities, a)": ("E132", 5, "Categorical, Exponential, Gamma, Gaussian"),
    "Mix(rael, a)": ("E132", 5, "did you mean"),
    "Tilt(QuadraticReward(1))": ("E134", 6, "a centre and, last, a width"),
    "Tilt(LinearReward())": ("E134", 6, "needs a slope"),
    "Tilt(2)": ("E133", 6, "this is no reward"),
    "Tilt(Categorical(1, 2))": ("E132", 6, "Categorical is no reward"),
    "Tilt(Rewards(1))": ("E134", 6, "at least two outcomes"),
    "Choose(Rewards(0, 1, 2))": ("E133", 1, "Choose needs among"),
    "Choose(Rewards(0, 1, 2), among=0)": ("E134", 32, "among must"),
    "Mix(real, a.b)": ("E132", 11, "no attributes"),
    "Mix(real, 'a')": ("E133", 11, "without quotes"),
    "Mix(real, 'a)": ("E131", 11, "never closed"),
    "TopK(3, ties=all)": ("E133", 14, "word in quotes"),
    "TopK(3, ties='some')": ("E134", 14, '"first" or "all"'),
    "Guide(1, Temper(0.8), flow=1)": ("E133", 28, "True or False"),
    "Guide(4, Temper(0.8))": ("E134", 7, "below T/(1 - T) = 4"),
    "Temper([0.8])": ("E131", 8, "no lists"),
    "Temper(x for x in y)": ("E131", 10, "a comma or ) is missing"),
    "Temper(0.8x)": ("E131", 8, "put * between them"),
    "Temper(real)": ("E133", 8, "the real data"),
    "Temper(None)": ("E133", 8, "a word of the language"),
    "Temper(\x1b0.8)": ("E131", 8, r"\x1b"),
    "Temper(-1)": ("E134", 8, "temperature must lie in"),
    "Temper(0.8) >> Mix(real, 2)": ("E134", 26, "real_fraction must lie in"),
    "Draw(2.5)": ("E134", 6, "whole number"),
    "Temper(1 / (2 - 2))": ("E134", 8, "divides by zero"),
    "Temper(10**10**10)": ("E134", 8, "no finite number"),
    "Temper((-8)**0.5)": ("E134", 8, "no finite number"),
    "Temper(1e999)": ("E135", 8, "too large"),
    "Smooth(scott)": ("E136", 8, "has no number"),
    "Smooth('epanechnikov')": ("E134", 8, '"scott", "silverman" or a positive'),
    "Smooth(0)": ("E134", 8, "bandwidth must lie in"),
    "Smooth(0.5, shrink=1)": ("E133", 20, "shrink is True or False"),
    "Smooth(True)": ("E133", 8, "a word of the language"),
    "InTurn(Temper(0.8))": ("E133", 8, "cannot stand in rules"),
    "Window(0.8, samples=1)": ("E133", 8, "this is no stage"),
    "TemperatureFunction(p)": ("E133", 21, "lambda p"),
    "Temper(" + "(" * 50: ("E135", 48, "nested"),
    "Temper(" + "1 + " * 50 + "1)": ("E135", 8, "operations"),
    "Temper(" + "9" * 401 + ")": ("E135", 8, "characters"),
    "x" * 10_001: ("E135", 10_001, "10,001 characters"),
}


@pytest.mark.parametrize("text", WRONG, ids=lambda text: text[:30] or "empty")
def test_an_error_is_one_line_that_shows_the_place(text):
    code, column, words = WRONG[text]
    with pytest.raises(InputError) as caught:
        parse(text).build(real=SKEWED)
    line = str(caught.value)
    assert caught.value.code == code
    assert f"at column {column}: " in line and "[[" in line
    assert words in line
    assert "\n" not in line and line.isprintable() and len(line) < 400


def test_values_that_are_missing_unknown_or_no_numbers_are_told_by_name():
    pipeline = parse("Temper(T) >> Mix(real, a)")
    refused = [
        (dict(values={"T": 0.8}, real=SKEWED), "the parameter a has no number"),
        (dict(values={"T": 0.8, "a": 0.3}), "the real data are missing"),
        (dict(values={"t": 0.8, "a": 0.3}), "did you mean T?"),
        (dict(values={"T": "0.8", "a": 0.3}, real=SKEWED), "the value of T is no finite number"),
        (dict(values={"T": float("nan"), "a": 0.3}, real=SKEWED), "the value of T"),
    ]
    for arguments, words in refused:
        with pytest.raises(InputError, match="E136") as caught:
            pipeline.build(arguments.pop("values"), **arguments)
        assert words in str(caught.value)


_PIECES = st.sampled_from(
    ["(", "(", ")", ")", ",", ">>", ">", "**", "*", "/", "+", "-", ".", "0", "1", "2", "0.3", "1e9"]
    + ["p", ":", "a", "b", "real", "lambda", "samples=", "ties=", "'all'", "None", "Categorical"]
    + ["Temper", "Mix", "Mix.fixed", "TopK", "Window", "Renew", "InTurn", "TemperatureFunction"]
)
_WHOLE = st.lists(
    st.sampled_from([*TEXTS.values(), "Mix(Categorical(1, 2, 3), a)", "Draw(n)"]), max_size=3
).map(" >> ".join)


@settings(derandomize=True, max_examples=400, deadline=None)
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(_PIECES, max_size=14).map(" ".join),
        st.tuples(_WHOLE, st.integers(0, 200), st.text(max_size=2)).map(
            lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + 1 :]
        ),
    )
)
def test_any_text_is_a_pipeline_or_an_error_of_one_line(text):
    try:
        pipeline = parse(text)
        assert parse(pipeline.text) == pipeline
        pipeline.build(dict.fromkeys(pipeline.parameters, 0.3), real=SKEWED)
    except InputError as failure:
        assert str(failure).isprintable() and len(str(failure)) < 600


@pytest.mark.parametrize(
    "text",
    ["(" * 9999, "-" * 9999, "a ** " * 1999, "Temper(0.8) >> " * 600, "a.b" * 3000, "1," * 4999]
    + ["Mix(Categorical(" + "1, " * 3000 + "x), 0.3)", "Draw(9**9**9**9)", "TopK(9**9**9)"],
    ids=lambda text: text[:12],
)
def test_long_texts_are_refused_or_read_and_never_evaluated_for_ever(text):
    with pytest.raises(InputError) as caught:
        parse(text).build(real=SKEWED)
    assert str(caught.value).isprintable()


_KEY = jr.fold_in(jr.key(0), 0)
_NUMBERS = {
    "K": 4,
    "T": 0.8,
    "a": 0.3,
    "n": 12,
    "m": 4,
    "k": 2,
    "w": 3,
    "g": 0.2,
    "slip": 0.1,
    "G": 5,
    "s": 0.2,
    "h": 0.4,
}
_POOL = {"samples": 12, "real_samples": 4}
_PAIR = gl.Categorical.of([0.2, 0.8])
_REWARD = [0.0, 1.0, 1.0]
_GROUPS = [[0.0, 1.0, 1.0], [2.0, 0.0, 0.5]]
_SHARED = {"temperature": 0.8, "real": SKEWED}

# The loop of every recipe as the module of its paper makes it in Python.
PYTHON = {
    "mad-synthetic": alemohammad2023.fully_synthetic(samples=12, temperature=0.8),
    "mad-fresh": alemohammad2023.fresh_data(temperature=0.8, real=SKEWED, **_POOL),
    "mad-augmented": alemohammad2023.synthetic_augmentation(_KEY, **_SHARED, **_POOL),
    "retraining-exact": bertrand2023.loop(SKEWED, real_fraction=0.3),
    "retraining": bertrand2023.finite_loop(SKEWED, **_POOL),
    "retraining-biased": bertrand2023.biased_loop(**_SHARED, real_fraction=0.3),
    "curated": ferbach2024.loop(SKEWED, reward=_REWARD, among=4, real_fraction=0.3),
    "curated-best": ferbach2024.loop(SKEWED, reward=_REWARD, among=float("inf"), real_fraction=0.3),
    "curated-synthetic": ferbach2024.curation(_REWARD, among=4),
    "curated-sampled": ferbach2024.finite_loop(SKEWED, reward=_REWARD, among=4, **_POOL),
    "curated-groups": falahati2026.loop(_GROUPS, share=0.2),
    "curated-groups-real": zhao2025.loop(
        SKEWED, rewards=_GROUPS, shares=[0.2, 0.8], real_fraction=0.3
    ),
    "curated-groups-choice": zhao2025.loop(
        SKEWED, rewards=_GROUPS, shares=[0.2, 0.8], real_fraction=0.3, among=4
    ),
    "external-source": borkar2025.loop(SKEWED, samples=12, real_fraction=0.3),
    "sims": alemohammad2024.loop(**_SHARED, strength=3, real_fraction=0.3),
    "sims-flow": alemohammad2024.loop(**_SHARED, strength=3, real_fraction=0.3, flow=True),
    "sims-synthetic": alemohammad2024.synthetic_loop(strength=3, samples=12, auxiliary_samples=4),
    "tail-replaced": dohmatob2024.replace_loop(samples=12),
    "tail-cut": dohmatob2024.cut_loop(kept=2, samples=12),
    "tail-narrowed": dohmatob2024.narrowed_loop(temperature=0.8, samples=12),
    "tail-fresh": dohmatob2024.fresh_data_loop(real=SKEWED, **_POOL),
    "tail-cut-fresh": dohmatob2024.mixed_loop(kept=2, real=SKEWED, **_POOL),
    "self-correcting": gillman2024.finite_loop(SKEWED, strength=0.2, **_POOL),
    "self-correcting-exact": gillman2024.loop(SKEWED, strength=0.2, real_fraction=0.3),
    "heat-death": marchi2024.loop(**_SHARED, real_fraction=0.3),
    "heat-death-multinomial": marchi2024.multinomial_loop(**_SHARED, real_fraction=0.3, samples=12),
    "heat-death-stratified": marchi2024.stratified_loop(**_SHARED, **_POOL),
    "heat-death-fixed-set": marchi2024.fixed_set_loop(_KEY, **_SHARED, **_POOL),
    "heat-death-accumulating": marchi2024.accumulating_loop(**_SHARED, **_POOL),
    "heat-death-window": marchi2024.window_loop(**_SHARED, **_POOL, generations=3),
    "heat-death-fading": marchi2024.fading_loop(
        **_SHARED, real_fraction=0.3, samples=12, share=0.2
    ),
    "profile-replace": schaeffer2025.replace(samples=12),
    "profile-real-data": schaeffer2025.with_real_data(SKEWED, **_POOL),
    "profile-accumulate": schaeffer2025.accumulate(samples=12),
    "tokens-synthetic": seddik2024.fully_synthetic_loop(samples=12),
    "tokens-partially-synthetic": seddik2024.partially_synthetic_loop(_KEY, SKEWED, **_POOL),
    "kernel-scott": borji2024.loop(samples=12),
    "kernel-silverman": borji2024.loop(samples=12, bandwidth="silverman"),
    "kernel-fixed": borji2024.loop(samples=12, bandwidth=0.4),
    "kernel-shrink": borji2024.loop(samples=12, shrink=True),
    "kernel-fresh": borji2024.fresh_loop(SKEWED, **_POOL),
    "diffusion-early-stop": fu2024.diffusion_loop(SKEWED, real_fraction=0.3, stop=0.2),
    "weighted-data": he2025.weighted_loop(SKEWED, real_weight=0.3, **_POOL),
    "weighted-best": he2025.weighted_loop(
        SKEWED, real_weight=(((4 / 12) ** 2 + 4 * 4 / 12) ** 0.5 - 4 / 12) / 2, **_POOL
    ),
    "recursive-gaussian": shumailov2024.gaussian_loop(samples=12),
    "recursive-frequencies": shumailov2024.categorical_loop(samples=12),
    "recursive-process": shumailov2024.process_loop(
        SKEWED, samples=12, real_fraction=0.3, share=0.2
    ),
    "recursive-stratified": shumailov2024.stratified_loop(SKEWED, **_POOL),
    "replace": kazdan2024.replace(samples=12),
    "accumulate": kazdan2024.accumulate(samples=12),
    "subsample": kazdan2024.subsample(samples=12, generations=5),
    "keep-window": kazdan2024.keep_window(samples=12, generations=3),
    "discard": dey2024.discard(samples=12),
    "augment": dey2024.augment(samples=12),
    "augment-subsample": dey2024.augment_subsample(samples=12, generations=5),
    "replace-all": gerstgrasser2024.replace(samples=12),
    "accumulate-all": gerstgrasser2024.accumulate(samples=12),
    "accumulate-likelihood": barzilai2025.accumulate(samples=12),
    "forgetting-unigram": suresh2024.unigram_loop(samples=12),
    "forgetting-gaussian": suresh2024.gaussian_loop(samples=12),
    "feedback-replacement": taori2022.replacement_loop(
        _PAIR, gl.Categorical.of([1, 0]), slip=0.1, real_fraction=0.3
    ),
}


def test_every_recipe_has_its_loop_in_python_here():
    assert set(language.recipes()) == set(PYTHON)


@pytest.mark.parametrize("name", PYTHON)
def test_a_recipe_is_the_loop_of_its_paper(name):
    pipeline = parse(name)
    assert pipeline == parse(language.recipes()[name].text)
    values = {known: _NUMBERS[known] for known in pipeline.parameters}
    rewards = _GROUPS if "groups" in name else _REWARD
    rewarded = pipeline.with_rewards(rewards) if pipeline.has_reward else pipeline
    built = rewarded.build(values, real=_PAIR if name == "feedback-replacement" else SKEWED)
    assert eqx.tree_equal(built, PYTHON[name])
    # The text with the numbers in it, as answers show it, is the same loop.
    assert parse(pipeline.with_values(values).text) == pipeline.with_values(values)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("retrainng", "retraining"), ("acumulate", "accumulate"), ("window", "Window")],
)
def test_a_lone_name_is_told_the_nearest_recipe_or_stage(typed, meant):
    with pytest.raises(InputError, match=rf"did you mean {meant}\?.*mad-fresh"):
        parse(typed)


def test_a_recipe_names_its_paper_and_one_that_does_not_exist_the_nearest():
    assert language.recipes()["mad-fresh"].paper == "alemohammad2023"
    with pytest.raises(InputError, match=r"E132 .*did you mean mad-fresh\?.*\[\[mad-frsh\]\]"):
        parse("mad-frsh")


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_is_written_with_its_mean_and_what_is_known(name):
    model = FAMILIES[name]
    numbers = ", ".join(map(str, [float(model.mean[0]), *model.known.values()]))
    pipeline = parse(f"Draw(9) >> Mix({type(model).__name__}({numbers}), a)")
    assert parse(pipeline.text) == pipeline
    mixed = pipeline.build({"a": 1.0})(PARTNERS[name])
    assert mixed.known == model.known
    np.testing.assert_allclose(mixed.mean, model.mean, rtol=1e-15)
