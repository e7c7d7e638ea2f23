"""A document that costs too much is told so at once, and is not called false."""

import json
import subprocess
import sys

import pytest

import genloop as gl
from genloop import checker
from genloop.checker import maps, temperature
from genloop.cli.run import run
from genloop.papers import marchi2024

pytest.importorskip("flint")


@pytest.fixture(scope="module")
def proof():
    with gl.x64():
        return json.loads(json.dumps(gl.certify(lambda x: 0.5 * x**3 + 0.25, 0.3).document))


@pytest.fixture(scope="module")
def fold():
    found = marchi2024.certify_thresholds([50, 30, 20], temperature="0.5")["unique"]
    return json.loads(json.dumps(found.document))


def forged(document, **changes):
    """The document with other fields, and with a digest that is right."""
    changed = document | changes
    own = temperature if document["schema"] == temperature.SCHEMA else maps
    return changed | {"sha256": own.digest(changed)}


def program(document, *instructions):
    """The document with these instructions instead of its own."""
    inner = document["program"] | {"instructions": list(instructions), "guards": []}
    return forged(document, program=inner | {"outputs": [len(instructions)]})


COSTLY = {
    "a radius of endless digits": lambda d: forged(d, radius=["1e-99999"]),
    "a centre of endless digits": lambda d: forged(d, centre=["1" * 4_400]),
    "digits": lambda d: forged(d, digits=100_000),
    "large powers": lambda d: program(d | {"bits": 100_000}, ["ipow", 0, 10**6]),
    "many large powers": lambda d: program(d, *[["ipow", 0, 10**6]] * 100),
    "numbers of endless exponents": lambda d: program(
        d, *[["mul", place, place] for place in range(100_000)]
    ),
    "many sums": lambda d: program(d, *[["sum", *[0] * 2_000]] * 2_000),
    "many products": lambda d: program(d, *[["dot", *[0] * 2_000]] * 2_000),
    "a polygamma": lambda d: program(d | {"bits": 100_000}, ["polygamma", 0, 10**5]),
    "many instructions": lambda d: program(d, *[["mul", 0, 0]] * 1_000_000),
    "a long sum": lambda d: program(d | {"bits": 50_000}, *[["sum", *[0] * 20_000]] * 100),
    "functions at many bits": lambda d: program(d | {"bits": 100_000}, *[["exp", 0]] * 2_000),
    "squarings at many bits": lambda d: forged(
        d, spectral_radius=d["spectral_radius"] | {"bits": 100_000, "squarings": 64}, digits=5_000
    ),
    "a constant of endless digits": lambda d: program(d, ["const", "7e99999"]),
}


@pytest.mark.parametrize("name", COSTLY)
def test_what_costs_too_much_is_not_tried(name, proof):
    accepted, reason = checker.verdict(COSTLY[name](proof))
    assert accepted is None and reason.startswith("too costly: "), reason
    assert "at most" in reason


def test_many_coordinates_are_not_tried(proof):
    n = 3_000
    ones, linear = ["1"] * n, {"inputs": n, "instructions": [], "guards": []}
    document = forged(
        proof,
        size=n,
        centre=ones,
        radius=ones,
        outer=None,
        program=linear | {"outputs": list(range(n))},
        claim="anything",
    )
    document = forged(document, claim=maps.words(document))
    accepted, reason = checker.verdict(document)
    assert accepted is None and "multiplications" in reason, reason


@pytest.mark.parametrize(
    "changes",
    [
        {"digits": 100_000},
        {"radius": "1e-99999"},
        {"temperature": "1e-99999"},
        {"bits": 100_000, "cuts": [str(k) for k in range(1, 20_000)]},
    ],
    ids=str,
)
def test_the_temperature_loop_has_bounds_too(changes, fold):
    accepted, reason = checker.verdict(forged(fold, **changes))
    assert accepted is None and reason.startswith("too costly: "), reason


def test_what_is_proved_to_many_digits_is_affordable():
    many = gl.certify(lambda x: 0.5 * x, 0.0, digits=4_000)
    assert many.proved and checker.verdict(many.document)[0] is True
    fine = marchi2024.certify_thresholds([50, 30, 20], temperature="0.5", digits=300)["unique"]
    assert fine.proved and checker.verdict(fine.document)[0] is True


def written(tmp_path, content):
    path = tmp_path / "proof.json"
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_too_costly_is_undecided_and_false_is_not(tmp_path, proof, capsys):
    costly, false = COSTLY["digits"](proof), forged(proof, centre=["5"])
    for documents, code in (([costly], 3), ([costly, false], 1), ([proof], 0), ([false], 1)):
        assert run(("certify-check", written(tmp_path, documents))) == code
        out, err = capsys.readouterr()
        assert err == "" and out.count("REJECTED") == len(documents) - (code == 0)
    assert run(("certify-check", written(tmp_path, costly))) == 3
    assert capsys.readouterr().out.startswith("REJECTED too costly: ")


@pytest.mark.parametrize("depth", [60, 900, 100_000])
@pytest.mark.parametrize("brackets", ["[]", '{"a":}'])
def test_deep_nesting_is_too_costly_in_every_program(depth, brackets, tmp_path, capsys):
    head, tail = brackets[:-1], brackets[-1]
    path = written(tmp_path, head * depth + "1" + tail * depth)
    assert run(("certify-check", path)) == 3
    assert "too costly" in capsys.readouterr().out
    for program in (maps, temperature):
        done = subprocess.run([sys.executable, program.__file__, path], capture_output=True)
        assert done.returncode == 3 and b"Traceback" not in done.stderr, done.stderr


def test_fields_that_are_no_numbers_are_one_line(proof, fold):
    wrong = [None, True, [], {}, "", "x", "1/0", "nan", "inf", 1.5, -1, 10**5000, "१", "1e", "--1"]
    for document in (proof, fold):
        for field in set(document) - {"sha256", "schema", "provenance"}:
            for value in wrong:
                if document[field] == value or (field, value) == ("outer", None):
                    continue
                accepted, reason = checker.verdict(document | {field: value})
                assert accepted is False and reason
                try:
                    changed = forged(document, **{field: value})
                except ValueError:  # no JSON document has such a number
                    continue
                accepted, reason = checker.verdict(changed)
                assert accepted is not True and "\n" not in reason, (field, value, reason)
