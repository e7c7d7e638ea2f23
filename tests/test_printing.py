"""Everything that users get prints its numbers: in a few lines, as a table, and under a trace."""

import dataclasses
import enum
import html
import inspect
from html.parser import HTMLParser

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from public import NAMES
from results import CASES, FOUND, TOKENS

import genloop as gl
from genloop import (
    answers,
    verification,
)
from genloop.printing import short

# Abstract by intention, without numbers, or in the making.
WITHOUT_NUMBERS = {answers.Answer, answers.Thresholds, verification.Trial}


def public_classes():
    """The public classes, but enumerations, errors and interfaces."""
    classes = filter(inspect.isclass, NAMES.values())
    kinds = (kind for kind in classes if not issubclass(kind, enum.Enum | Exception))
    return {kind for kind in kinds if not inspect.isabstract(kind)}


TYPED = ["Temper(T) >> Mix(real, a)", "Temper(0.8)", "Temper(-T)", "Temper(T + 1)"]
TYPED += ['Nucleus(0.9, ties="all")', "Mix(Categorical(3, n), 0.3)"]
TYPED += ["TemperatureFunction(lambda p: p / (1 + p))", "Guide(1, Temper(0.9), flow=True)"]
TYPED += ['Smooth("scott", shrink=True)']
TYPED += ["Choose(b * reward, shares=(s, 1 - s), among=4)"]


def parts_of(value):
    """Something that was typed, and all that is in it."""
    yield value
    inside = value.values() if isinstance(value, dict) else value
    if dataclasses.is_dataclass(value):
        inside = [getattr(value, field.name) for field in dataclasses.fields(value) if field.repr]
    if isinstance(inside, list | tuple):
        for part in inside:
            yield from parts_of(part)


READ = [part for text in TYPED for part in parts_of(gl.language.parse(text))]
IDS = [f"{type(case).__name__} {place}" for place, (case, _) in enumerate(CASES)]

NO_NUMBERS = ("f64[", "f32[", "bool[", "i64[", "<function", "object at 0x", "<lambda>", "\x1b")


def test_every_public_class_is_printed_here():
    seen = {type(case) for case, _ in CASES} | {type(part) for part in READ} | {gl.language.Recipe}
    assert not {kind.__qualname__ for kind in public_classes() - seen - WITHOUT_NUMBERS}


@pytest.mark.parametrize(("case", "numbers"), CASES, ids=IDS)
def test_a_result_prints_its_numbers_in_a_few_lines(case, numbers):
    text = repr(case)
    flowing = " ".join(text.split())
    for number in numbers:
        assert number in text or number in flowing
    lines = text.splitlines()
    assert len(lines) <= 12 and max(map(len, lines)) <= 100
    assert not [form for form in NO_NUMBERS if form in text]


@pytest.mark.parametrize("text", TYPED)
def test_a_loop_that_was_typed_prints_as_what_reads_it(text):
    pipeline = gl.language.parse(text)
    assert eval(repr(pipeline), {"parse": gl.language.parse}) == pipeline
    for part in parts_of(pipeline):
        assert not [form for form in NO_NUMBERS if form in repr(part)]


class Balanced(HTMLParser):
    """Every tag that is opened is closed, and there are no tags but those of tables."""

    def __init__(self):
        super().__init__()
        self.open, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        assert tag in ("table", "caption", "tr", "th", "td") and not attrs
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize(("case", "numbers"), CASES, ids=IDS)
def test_a_notebook_shows_the_same_numbers_as_a_table(case, numbers):
    table = Balanced()
    table.feed(case._repr_html_())
    assert not table.open and not [form for form in NO_NUMBERS if form in table.text]


PYTREES = [
    case for case, _ in CASES if len(jax.tree.leaves(case)) and jax.tree.leaves(case)[0] is not case
]


def test_under_a_trace_shapes_stand_for_numbers_and_nothing_fails():
    printed = []

    def look(cases):
        printed.extend(map(repr, cases))
        printed.extend(case._repr_html_() for case in cases)
        return 0

    numbers, rest = eqx.partition(PYTREES, eqx.is_array)
    traced = jax.make_jaxpr(lambda numbers: look(eqx.combine(numbers, rest)))(numbers)
    assert len(PYTREES) > 30 and len(printed) == 2 * len(PYTREES)
    assert any("float64(3,)" in text for text in printed)
    assert not [form for form in NO_NUMBERS for text in printed if form in text]
    assert not traced.eqns, "printing is no part of a program"


def test_half_made_and_broken_results_are_printed_all_the_same():
    for case in PYTREES:
        for leaf in (None, object(), jax.ShapeDtypeStruct((3,), float), np.array("text")):
            broken = jax.tree.map(lambda _, leaf=leaf: leaf, case)
            assert type(case).__name__ in repr(broken) or ">>" in repr(broken)


def test_a_batch_of_results_prints_what_each_of_them_knows():
    several = jax.tree.map(lambda *leaves: jnp.stack(leaves), FOUND, FOUND)
    assert "stable: [True, True]" in repr(several) and "[0.64271, 0.64271]" in repr(several)


def test_an_array_that_nobody_reads_is_not_fetched():
    assert short(jnp.zeros(2**21)) == "float64(2097152,)"
    assert short(jax.random.key(0)).startswith("key<")


def test_names_from_a_file_cannot_forge_a_table():
    shown = TOKENS._repr_html_()
    assert html.escape("<b>") in shown and "<b>" not in shown and "\x1b" not in repr(TOKENS)
