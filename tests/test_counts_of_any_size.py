"""Huge and tiny counts and extreme temperatures on the command line: a number or one sentence."""

import math

import numpy as np
import pytest

import genloop as gl
from genloop.cli.run import run
from genloop.loops.temperature import spectrum
from genloop.papers import marchi2024


@pytest.fixture
def counts(tmp_path):
    def write(*numbers):
        path = tmp_path / "counts.csv"
        rows = "".join(f"t{i},{number}\n" for i, number in enumerate(numbers))
        path.write_text("token,count\n" + rows)
        return str(path)

    return write


@pytest.mark.parametrize("numbers", [(2**64, 2**63, 1), ("1e300", "1e-5"), ("1e-300", "2e-300")])
@pytest.mark.parametrize("command", ["extinction", "accumulate"])
def test_a_size_that_no_law_is_for_is_one_sentence(counts, capsys, command, numbers):
    assert run([command, "--counts", counts(*numbers)]) == 2
    error = capsys.readouterr().err
    assert error.startswith("E117") and "--samples" in error and error.count("\n") == 1


def test_a_rare_token_among_ten_to_the_seventeen_dies_like_a_branching_process(counts, capsys):
    assert run(["extinction", "--counts", counts(10**17, 3, 2), "--json"]) == 0
    alive = 0.0
    for _ in range(9):
        alive = math.exp(alive - 1)
    assert f"{math.exp(-3 * (1 - alive)):.3f}" == "0.596"
    assert "0.596" in capsys.readouterr().out


def test_what_accumulates_among_ten_to_the_seventeen_has_all_its_digits():
    with gl.x64():
        real = gl.Categorical.of(np.array([1e17, 3.0, 2.0]))
        options = {"temperature": 1.0, "real_fraction": 0.0, "samples": 10**17, "size": 10**17}
        found = marchi2024.comparison(real, **options)
    # Without real data a generation keeps all but one part in n of the heterozygosity.
    assert found.replace.diversity == pytest.approx(1.0, rel=1e-14)


@pytest.mark.parametrize("temperature", ["1e-308", "5e-324"])
def test_a_temperature_without_a_reciprocal_is_one_sentence(capsys, temperature):
    assert run(["threshold", "--uniform", "3", "-T", temperature]) == 2
    assert "take 1e-300" in capsys.readouterr().err


@pytest.mark.parametrize("temperature", [1e-300, 1e-20])
def test_the_coldest_loops_have_states_with_multipliers_near_zero(temperature):
    with gl.x64():
        real = gl.Categorical.of(np.array([0.5, 0.3, 0.2]))
        found = marchi2024.stable_states(real, temperature=temperature, real_fraction=0.2)
        multipliers = spectrum.Spectrum.of(
            marchi2024.loop(temperature=temperature, real_fraction=0.2, real=real), found.state(0)
        )
    # Winner i rests at a r + (1 - a) e_i [HD-12 (iii)].
    assert found.number == 3
    assert found.leading == pytest.approx(0.2 * np.array([0.5, 0.3, 0.2]) + 0.8, rel=1e-14)
    assert (found.spectral_radius < 1e-100).all() and multipliers.leading < 1e-100
