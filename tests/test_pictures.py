"""The pictures of `genloop diagram`: what is drawn is known, named and explained."""

import json

import numpy as np
import pytest

from genloop.cli import diagram_fields
from genloop.cli.run import run
from genloop.loops.temperature.closed_forms import uniform

COUNTS = {"two": [7, 3], "three": [5, 3, 2], "a tie": [3, 3, 2], "one dominates": [9990, 8, 2]}


@pytest.fixture
def document(capsys, tmp_path):
    """The document of a command for counts, and its words with a picture beside them."""

    def call(counts, *arguments):
        table = tmp_path / "counts.csv"
        rows = [f"t{i},{count}" for i, count in enumerate(counts)]
        table.write_text("\n".join(["token,count", *rows]))
        assert run(("diagram", "--counts", str(table), *arguments, "--json")) == 0
        return json.loads(capsys.readouterr().out)["result"]

    return call


@pytest.mark.parametrize("name", COUNTS)
def test_the_curves_divide_the_regions(name, document):
    result = document(COUNTS[name], "-T", "0.45:1.05:5", "-a", "0.03:0.83:9")
    curves, near = result["curves"], 0.01
    fraction = np.array(result["real_fraction"])
    for temperature, regions in zip(result["temperature"], result["region"], strict=True):
        here = lambda key: np.interp(temperature, curves["temperature"], curves[key])  # noqa: B023
        unique, winner = here("unique"), here("winner")
        alone = np.isin(regions, ["one", "winner"])
        won = np.isin(regions, ["winner", "winners"])
        assert (alone == (fraction > unique))[abs(fraction - unique) > near].all()
        assert (won == (fraction < winner))[abs(fraction - winner) > near].all()


def test_the_curves_of_equal_outcomes_are_those_of_the_formulas(document):
    curves = document([1] * 5, "-T", "0.5:1:6", "-a", "0.1:0.9:2")["curves"]
    temperature = np.array(curves["temperature"])
    assert temperature[-1] == 1 and curves["unique"][-1] == curves["winner"][-1] == 0
    np.testing.assert_allclose(curves["winner"], 1 - temperature, atol=1e-12)
    cold = temperature[:-1]
    fold = [float(uniform.fold(temperature=t, outcomes=5).real_fraction) for t in cold]
    np.testing.assert_allclose(curves["unique"][:-1], fold, rtol=1e-9)


@pytest.mark.parametrize("grid", [("0.5:0.9:3", "0.3"), ("0.7", "0.2:0.6:3")])
def test_every_point_of_a_grid_fills_a_cell_and_the_picture_explains_itself(grid, document):
    result = document([5, 3, 2], "-T", grid[0], "-a", grid[1])
    edges = [diagram_fields._edges(result[axis]) for axis in ("temperature", "real_fraction")]
    for axis, ends in zip(("temperature", "real_fraction"), edges, strict=True):
        assert (np.diff(ends) > 0).all() and ends.size == len(result[axis]) + 1
    picture = diagram_fields.content("diagram.svg", result).decode()
    said = [diagram_fields.REGIONS[name] for row in result["region"] for name in row]
    assert all(words in picture for words in (*said, *diagram_fields.CURVES.values(), "(a)", "(b)"))


def test_from_temperature_one_on_there_are_no_curves(document):
    result = document([5, 3, 2], "-T", "1.2:1.5:2", "-a", "0.2:0.6:2")
    assert result["curves"] is None
    picture = diagram_fields.content("diagram.svg", result).decode()
    assert not any(words in picture for words in diagram_fields.CURVES.values())
