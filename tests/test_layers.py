"""The architecture, enforced: who may import whom, without exceptions and without circles."""

import ast
import functools
import pathlib
import sys

import pytest

SOURCE = pathlib.Path(__file__).parent.parent / "src" / "genloop"

# What every layer may use: refusals, files that are written whole, precision, printing.
FOUNDATION = {
    "arguments",
    "bisection",
    "errors",
    "files",
    "numeric",
    "precision",
    "printing",
    "programs",
}
SOLVER = {"operators", "sampling", "analysis", "laws", "models", "stages"}
# Layer: the layers it may import. The checker imports nothing, so that it stands alone.
ALLOWED = {
    "bisection": {"numeric"},
    "numeric": set(),
    "precision": set(),
    "programs": {"numeric"},
    "errors": set(),
    "printing": {"errors"},
    "files": {"errors"},
    "arguments": {"precision"},
    "checker": set(),
    "operators": FOUNDATION,
    "sampling": FOUNDATION,
    "laws": FOUNDATION,
    "verification": FOUNDATION,
    "analysis": FOUNDATION | {"operators"},
    "models": FOUNDATION | {"operators", "sampling"},
    "stages": FOUNDATION | {"operators", "models"},
    "certificates": FOUNDATION | {"analysis", "checker"},
    "data": FOUNDATION | {"models"},
    "plots": FOUNDATION,
    "loops": FOUNDATION | SOLVER | {"certificates", "checker", "data"},
    "papers": FOUNDATION | {"models", "stages", "loops"},
    "language": FOUNDATION | {"models", "stages", "papers"},
    "theorems": FOUNDATION | SOLVER | {"certificates", "loops", "papers", "verification"},
    "answers": FOUNDATION
    | SOLVER
    | {"certificates", "checker", "data", "language", "loops", "papers", "theorems"}
    | {"verification"},
    "cli": FOUNDATION | {"answers", "language", "plots"},
}
MOST_FILES = 20
CATALOGUES = {"papers"}
"""Folders with one short file for each entry, which are read like a list."""


def modules():
    """The files of the package by their dotted names inside it."""
    for path in sorted(SOURCE.rglob("*.py")):
        parts = path.relative_to(SOURCE).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


MODULES = dict(modules())


@functools.cache
def names_of(path):
    """Module of the package and name of everything that a file imports from it."""
    package, found = path.relative_to(SOURCE).parent.parts, []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            whole = ".".join((*base, *([node.module] if node.module else [])))
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("genloop"):
            whole = node.module[len("genloop.") :]
        else:
            assert not (isinstance(node, ast.Import) and "genloop" in ast.unparse(node)), path
            continue
        found += [(whole, name.name) for name in node.names]
    return found


def imports_of(path):
    """The modules of the package that a file imports, wherever it does so."""
    for whole, name in names_of(path):
        inner = f"{whole}.{name}".strip(".")
        yield inner if inner in MODULES else whole


def test_every_module_belongs_to_a_layer():
    own = {"", "__main__"}
    assert {name.split(".")[0] for name in MODULES} - own == set(ALLOWED)


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_only_the_layers_below_it(layer):
    for name, path in MODULES.items():
        if name.split(".")[0] == layer:
            used = {other.split(".")[0] for other in imports_of(path)} - {layer, ""}
            assert used <= ALLOWED[layer], f"{name} imports {used - ALLOWED[layer]}"


# The format of documents and the verdict on them: no formula is shared with the checker.
SHARED = {"MAP", "TEMPERATURE_LOOP", "claimed", "verdict"}
REPLAYING = {"TooCostly", "certificates", "verdict"}


def test_what_makes_certificates_takes_their_format_and_a_verdict_from_the_checker():
    for name, path in MODULES.items():
        if name.split(".")[0] != "checker":
            allowed = REPLAYING if name == "answers.replays" else SHARED
            for module, taken in names_of(path):
                if "checker" in (module.split(".")[0], taken):
                    assert module == "checker" and taken in allowed, (name, module, taken)


@pytest.mark.parametrize("name", ["checker.maps", "checker.temperature"])
def test_each_file_of_the_checker_imports_the_standard_library_and_flint_only(name):
    tree = ast.walk(ast.parse(MODULES[name].read_text(encoding="utf-8")))
    parts = [node for node in tree if isinstance(node, ast.Import | ast.ImportFrom)]
    assert not any(getattr(node, "level", 0) for node in parts)
    used = {getattr(node, "module", None) or node.names[0].name for node in parts}
    assert {module.split(".")[0] for module in used} - {"flint"} <= sys.stdlib_module_names


def test_no_module_imports_itself_by_a_detour():
    edges = {name: set(imports_of(path)) - {name, ""} for name, path in MODULES.items()}
    done, path = set(), []

    def visit(name):
        if name in done:
            return
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        path.append(name)
        for other in sorted(edges[name]):
            visit(other)
        done.add(path.pop())

    for name in edges:
        visit(name)


def test_no_folder_has_too_many_files():
    for folder in {path.parent for path in MODULES.values()}:
        if folder.name in CATALOGUES:
            continue
        files = [path.name for path in folder.glob("*.py")]
        assert len(files) <= MOST_FILES, f"{folder.relative_to(SOURCE)} has {len(files)}"


def test_no_module_is_a_collection_of_odds_and_ends():
    assert not list(SOURCE.rglob("utils.py"))


def test_nothing_is_taken_from_the_package_itself_but_layers_and_the_version():
    for name, path in MODULES.items():
        for module, taken in names_of(path):
            assert module or taken in {*ALLOWED, "__version__"}, f"{name} imports {taken}"


def test_theorems_are_read_by_their_answer_only():
    for name, path in MODULES.items():
        if name.split(".")[0] != "theorems" and name != "answers.theory":
            assert not any(other.split(".")[0] == "theorems" for other in imports_of(path)), name


def test_importing_the_package_loads_nothing_heavy():
    import subprocess

    code = "import sys, genloop; print(sorted({'jax', 'numpy', 'sympy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
