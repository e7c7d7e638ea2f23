"""`help()` of every public name: a sentence, an example that runs, and errors that exist."""

import ast
import builtins
import contextlib
import importlib.util
import inspect
import json
import pathlib
import re

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import sympy
from public import NAMES

import genloop as gl
from genloop import certificates, errors, verification
from genloop.printing import short

EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)

# Examples that take seconds of compiling are run with the slow checks, as are all answers.
HEAVY = {"bifurcations", "branch", "branches_from", "bifurcation_curve", "bifurcation_diagram"}
HEAVY |= {"BifurcationCurve", "Diagram", "Events", "Branch", "normal_form", "NormalForm"}
HEAVY |= {"directions", "collapsed_state", "recovery_threshold", "StableStateCount", "diffusion"}
HEAVY |= {"Phase", "phase_diagram", "Comparison", "Workflow", "comparison", "certify"}
HEAVY |= {"Certificate", "flow_until", "Passage", "fully_synthetic_loop"}


def is_heavy(place):
    return place.startswith("answers.") or place.rpartition(".")[2] in HEAVY


def example_of(member):
    """The code of the example in a docstring, and what its last line says that it gives."""
    found = EXAMPLE.findall(inspect.getdoc(member) or "")
    code = "\n".join(found)
    _, mark, value = code.rstrip().rpartition("\n")[2].partition("  # ")
    return code, value if mark else None


def run_example(code, names):
    """The value of the last line of an example, where that is an expression."""
    tree = ast.parse(code)
    last = tree.body[-1]
    if not isinstance(last, ast.Expr):
        exec(compile(tree, "example", "exec"), names)
        return None
    exec(compile(ast.Module(tree.body[:-1], []), "example", "exec"), names)
    return eval(compile(ast.Expression(last.value), "example", "eval"), names)


@contextlib.contextmanager
def registries_as_they_were():
    gl.theorems.load()
    kept = [(registry, dict(registry)) for registry in (verification.REGISTRY, verification.PROOFS)]
    yield
    for registry, content in kept:
        registry.clear()
        registry.update(content)


def check_examples(places, folder):
    given = {"gl": gl, "genloop": gl, "jax": jax, "jnp": jnp, "np": np, "sympy": sympy}
    given |= {"json": json, "pathlib": pathlib}
    with contextlib.chdir(folder), registries_as_they_were():
        for place in places:
            code, said = example_of(NAMES[place])
            value = run_example(code, dict(given))
            assert said is None or short(value) == said, place


def where(place):
    """The group in which an example is run: short ones together."""
    return place.rpartition(".")[0] or "genloop"


@pytest.mark.parametrize("group", sorted({where(place) for place in NAMES}))
def test_the_example_of_every_public_name_runs_and_gives_what_it_says(group, tmp_path):
    missing = {"data.words"} if importlib.util.find_spec("wordfreq") is None else set()
    places = [p for p in NAMES if where(p) == group and not is_heavy(p) and p not in missing]
    check_examples(places, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("place", [place for place in NAMES if is_heavy(place)])
def test_a_long_example_runs_as_well(place, tmp_path):
    check_examples([place], tmp_path)


@pytest.mark.parametrize("place", NAMES)
def test_help_begins_with_a_sentence_and_has_a_short_example(place):
    text = inspect.getdoc(NAMES[place]) or ""
    first = text.partition("\n\n")[0].rstrip()
    words = re.findall(r"[A-Za-z]{2,}", re.sub(r"\$[^$]*\$", " ", first))
    assert first.endswith(".") and len(words) >= 3, first
    code, _ = example_of(NAMES[place])
    assert 1 <= len(code.splitlines()) <= 14


def errors_named(text):
    """The errors of which a docstring says that they are raised."""
    sentences = re.findall(r"[Rr]aises?\b[^.]*", text)
    return {name for part in sentences for name in re.findall(r"`(\w+(?:Error|Certify))`", part)}


@pytest.mark.parametrize("place", NAMES)
def test_errors_that_help_names_exist_and_those_that_are_raised_are_named(place):
    member = NAMES[place]
    text = inspect.getdoc(member) or ""
    known = (builtins, errors, certificates)
    assert all(any(hasattr(home, name) for home in known) for name in errors_named(text))
    function = inspect.unwrap(member)
    if not inspect.isfunction(function):
        return
    tree = ast.parse(inspect.cleandoc("\n" + inspect.getsource(function)))
    raised = [node.exc for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.exc]
    names = {ast.unparse(getattr(error, "func", error)) for error in raised}
    assert not names or re.search(r"\b[Rr]aises?\b|\berrors?\b", text), names
