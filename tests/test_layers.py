"""The architecture, enforced: who may import whom."""

import ast
import pathlib

import pytest

SOURCE = pathlib.Path(__file__).parent.parent / "src" / "genloop"

# Layer: the other layers it may import. Structured derivatives and covariances are protocols that
# models and stages share with the analysis.
PROTOCOLS = {"analysis.operators", "analysis.covariance", "analysis.coordinates"}
ALLOWED = {
    "precision": set(),
    "arguments": {"precision"},
    "sampling": {"arguments"},
    "analysis": {"arguments"},
    "certificates": {"analysis", "arguments", "errors", "files"},
    "laws": set(),
    "theorems": {"arguments"},
    "models": {"arguments", "sampling"} | PROTOCOLS,
    "stages": {"arguments", "models"} | PROTOCOLS,
    "data": {"models", "errors"},
    "papers": {
        "arguments",
        "precision",
        "files",
        "sampling",
        "models",
        "stages",
        "analysis",
        "certificates",
        "laws",
        "theorems",
    },
}


def imports_of(path):
    """The dotted names inside the package that a file imports."""
    package = ("genloop", *path.relative_to(SOURCE).parent.parts)
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            yield ".".join((*base, node.module or ""))[len("genloop.") :].strip(".")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("genloop"):
            yield node.module[len("genloop.") :]
        elif isinstance(node, ast.Import):
            yield from (
                a.name[len("genloop.") :] for a in node.names if a.name.startswith("genloop")
            )


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_only_the_layers_below_it(layer):
    files = sorted((SOURCE / layer).rglob("*.py")) or [SOURCE / f"{layer}.py"]
    for path in files:
        for name in imports_of(path):
            inside = name.split(".")[0] == layer
            below = any(name == a or name.startswith(a + ".") for a in ALLOWED[layer])
            assert inside or below, f"{path.relative_to(SOURCE)} imports {name}"


def test_no_module_is_a_collection_of_odds_and_ends():
    assert not list(SOURCE.rglob("utils.py"))


def test_importing_the_package_loads_nothing_heavy():
    import subprocess
    import sys

    code = "import sys, genloop; print(sorted({'jax', 'numpy', 'sympy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
