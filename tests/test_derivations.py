"""Every derivation in theory/derivations against the code.

A derivation is a module with a docstring that names the theorem in brackets, a function `derive()`
that returns SymPy expressions by name, derived from first principles, and a generator `compare()`
of triples (what, value of the derived expression, value of the code); values are numbers or arrays.
"""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
import sympy

FOLDER = Path(__file__).parent.parent / "theory" / "derivations"


def load(path):
    specification = importlib.util.spec_from_file_location(f"derivation_{path.stem}", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(params=sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem, scope="module")
def derivation(request):
    return load(request.param)


def test_a_derivation_names_its_theorem(derivation):
    assert re.search(r"\[[A-Z]+-[A-Z0-9]+[a-z]?[^]]*\]", derivation.__doc__)


def test_a_derivation_derives_expressions(derivation):
    results = derivation.derive()
    assert results
    for name, expression in results.items():
        assert isinstance(expression, sympy.Basic | sympy.MatrixBase), name


def test_a_derivation_agrees_with_the_code(derivation):
    triples = list(derivation.compare())
    assert triples
    for what, derived, computed in triples:
        derived = np.asarray(derived, dtype=complex)
        computed = np.asarray(computed, dtype=complex)
        assert np.isfinite(derived).all(), what
        np.testing.assert_allclose(computed, derived, rtol=1e-12, atol=1e-15, err_msg=what)
