"""The pictures of `genloop diagram`: what is drawn is known, named and explained."""

import json

import numpy as np
import pytest

import genloop as gl
from genloop.answers.diagrams import cells
from genloop.cli.run import run
from genloop.cli.words.phase_pictures import content
from genloop.cli.words.phases import CURVES, REGIONS
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


GRIDS = {"a column": ([0.5, 0.7, 0.9], [0.3]), "a row": ([0.7], [0.2, 0.4, 0.6])}


def diagram(temperatures, real_fractions):
    grid = {"temperatures": temperatures, "real_fractions": real_fractions}
    return gl.answers.phase_diagram(gl.Categorical.of([5, 3, 2]), **grid)


@pytest.mark.parametrize("grid", GRIDS)
def test_every_point_of_a_grid_fills_a_cell_and_the_picture_explains_itself(grid):
    with gl.x64():
        answer = diagram(*GRIDS[grid])
    for axis in (answer.temperature, answer.real_fraction):
        assert (np.diff(cells(axis)) > 0).all() and cells(axis).size == len(axis) + 1
    picture = content("diagram.svg", answer).decode()
    said = [REGIONS[name] for row in answer.region for name in row]
    assert all(words in picture for words in (*said, *CURVES.values(), "(a)", "(b)"))


def test_from_temperature_one_on_there_are_no_curves():
    with gl.x64():
        answer = diagram([1.2, 1.5], [0.2, 0.6])
    assert answer.curves is None
    picture = content("diagram.svg", answer).decode()
    assert not any(words in picture for words in CURVES.values())
