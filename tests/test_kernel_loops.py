"""Kernel density loops on real points: what they need, where they end, and what becomes of them."""

import math

import numpy as np
import pytest
from scipy.stats import norm

import genloop as gl
from genloop import answers
from genloop.answers.kernels import populations
from genloop.cli.run import run
from genloop.loops import kernel_density

# Fisher (1936): petals of 150 irises in tenths of a millimetre, length and width.
LENGTHS = (
    "14 14 13 15 14 17 14 15 14 15 15 16 14 11 12 15 13 14 17 15 17 15 10 17 19 16 16 15 14 16 16 "
    "15 15 14 15 12 13 14 13 15 13 13 13 16 19 14 16 14 15 14 47 45 49 40 46 45 47 33 46 39 35 42 "
    "40 47 36 44 45 41 45 39 48 40 49 47 43 44 48 50 45 35 38 37 39 51 45 45 47 44 41 40 44 46 40 "
    "33 42 42 42 43 30 41 60 51 59 56 58 66 45 63 58 61 51 53 55 50 51 53 55 67 69 50 57 49 67 49 "
    "57 60 48 49 56 58 61 64 56 51 56 61 56 55 48 54 56 51 51 59 57 52 50 52 54 51"
)
WIDTHS = (
    "2 2 2 2 2 4 3 2 2 1 2 2 1 1 2 4 4 3 3 3 2 4 2 5 2 2 4 2 2 2 2 4 1 2 2 2 2 1 2 2 3 3 2 6 4 3 2 "
    "2 2 2 14 15 15 13 15 13 16 10 13 14 10 15 10 14 13 14 15 10 15 11 18 13 15 12 13 14 14 17 15 "
    "10 11 10 12 16 15 16 15 13 13 13 12 14 12 10 13 12 13 13 11 13 25 19 21 18 22 21 17 18 18 25 "
    "20 19 21 20 24 23 18 22 23 15 23 20 20 18 21 18 18 18 21 16 19 20 22 15 14 23 24 18 18 21 24 "
    "23 19 23 25 23 19 20 23 18"
)
PETALS = np.array([LENGTHS.split(), WIDTHS.split()], dtype=float).T / 10
COLUMN, PLANE = gl.Particles.of(PETALS[:, 0]), gl.Particles.of(PETALS)
POPULATION = {100: 0.129290988394722171, 1000: 0.0584652893651729379, 10_000: 0.0244081988986740054}
REQUIRED = {100: 0.133355284365882143, 1000: 0.0589220017249741911, 10_000: 0.0244563770571952744}


def pooled(points, share, bandwidth='"scott"'):
    """The text of a loop of so many points, a share of them new real ones."""
    real = round(points * share)
    return f"Smooth({bandwidth}) >> Draw({points - real}) >> Mix(real, {share}, samples={real})"


@pytest.mark.parametrize("points", REQUIRED)
def test_the_multipliers_of_fresh_real_points_are_those_of_the_closed_form(points):
    share = 0.1
    found = answers.threshold(COLUMN, loop=pooled(points, share)).at
    factor = kernel_density.scott_factor(points)
    exact = kernel_density.KernelMoments(
        points - round(share * points), round(share * points), factor=factor
    )
    assert found.growth == pytest.approx(exact.spectral_radius, rel=1e-12)
    growth = kernel_density.variance_growth(points, factor)
    assert found.growth_alone == pytest.approx(growth, rel=1e-12)
    assert kernel_density.required_real_fraction(points, factor) == pytest.approx(
        REQUIRED[points], rel=1e-12
    )


@pytest.mark.parametrize("points", POPULATION)
def test_the_share_of_a_mean_that_rests_is_that_of_the_population(points):
    loop = f'Draw({points}) >> Smooth("scott") >> Mix(real, a)'
    found = answers.threshold(COLUMN, loop=loop).thresholds
    assert found["population"].value == pytest.approx(POPULATION[points], rel=1e-12)
    assert found["population"].value < found["mean"].value < found["variance"].value


def test_a_loop_at_its_threshold_is_neutral_and_meets_its_goal_where_that_says():
    loop = 'Draw(1000) >> Smooth("scott") >> Mix(real, a)'
    found = answers.threshold(PLANE, loop=loop)
    at = lambda name: answers.threshold(PLANE, loop=loop, at=found.thresholds[name].value).at
    assert at("mean").growth == pytest.approx(1, rel=1e-13)
    assert at("variance").variance_kept == pytest.approx(1 / 0.9, rel=1e-12)
    below = answers.threshold(PLANE, loop=loop, at=0.9 * found.thresholds["mean"].value)
    assert below.met is False and below.at.bounded == {"variance": False, "mean": False}


def test_scott_alone_blows_up_and_a_length_rests_at_n_times_its_square():
    (growth,) = {
        answers.threshold(one, loop='Draw(1000) >> Smooth("scott")').at.growth_alone
        for one in (COLUMN,)
    }
    assert growth == pytest.approx(1.06209573444801932, rel=1e-14)
    wide = answers.fixed_points(COLUMN, loop='Draw(1000) >> Smooth("silverman")')
    assert wide.growth_alone == pytest.approx(1.0697905839196623, rel=1e-14)
    assert wide.fixed_points == () and "blows up" in wide.reason
    rests = answers.fixed_points(PLANE, loop="Draw(1000) >> Smooth(0.5)").fixed_points[0]
    assert list(rests.variances.values()) == pytest.approx([250, 250], rel=1e-10)
    assert math.isinf(rests.mean_error) and rests.residual < 1e-12
    assert rests.multipliers == pytest.approx((1, 0.999), rel=1e-14)


def test_a_fixed_point_with_real_points_is_that_of_the_closed_form():
    (point,) = answers.fixed_points(COLUMN, loop=pooled(1000, 0.1)).fixed_points
    # Variances here have the divisor n.
    exact, error = kernel_density.stationary_moments(0.1, 1000, kernel_density.scott_factor(1000))
    assert exact == pytest.approx(2.29148068043973377, rel=1e-12)
    assert point.variance_kept == pytest.approx(exact * 999 / 1000, rel=1e-12)
    assert point.mean_error == pytest.approx(error, rel=1e-12)
    assert error == pytest.approx(0.0120547087928346184, rel=1e-12)


def test_a_negative_solution_is_no_fixed_point():
    found = answers.fixed_points(COLUMN, loop=pooled(1000, 0.05))
    assert found.fixed_points == ()
    assert "1.00944 each generation" in found.reason and "-5.27 of the real" in found.reason


def test_a_shrunk_kernel_keeps_the_expected_variance_and_not_the_mean():
    at = answers.threshold(PLANE, loop='Draw(50) >> Smooth("scott", shrink=True)').at
    assert at.growth_alone == pytest.approx(1, rel=1e-14)
    assert at.variance_kept == 1 and at.bounded == {"variance": True, "mean": False}


def test_a_bandwidth_is_found_as_well_as_a_share():
    options = {"loop": "Draw(1000) >> Smooth(h, relative=True) >> Mix(real, 0.1)"}
    found = answers.threshold(COLUMN, unknown="h", interval=(0.01, 2), **options)
    assert found.side == "below"
    widest = found.thresholds["population"].value
    # 0.9 (1 - 1/n + h^2) = 1
    assert widest == pytest.approx((1 / 0.9 - 0.999) ** 0.5, rel=1e-12)


@pytest.fixture(scope="module")
def scott():
    """Runs of a loop that blows up, on the lengths of petals."""
    options = {"generations": 10, "replicates": 200}
    return answers.simulation(COLUMN, loop='Draw(1000) >> Smooth("scott")', **options)


def test_runs_have_the_expected_moments(scott):
    growth = 1.06209573444801932
    exact = {
        "variance_kept": 1.06309573444801932 * 0.999 / growth * growth**10,
        "mean_error": sum(growth**t for t in range(10)) / 1000,
    }
    for name, expected in exact.items():
        found = scott.statistics[name]
        for generation in (0, 4, 9):
            gap = found.mean[generation] - found.exact[generation]
            assert abs(gap) < 5 * found.standard_error[generation]
        assert found.exact[9] == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("name, order", [("skewness", 3), ("excess_kurtosis", 4)])
def test_runs_become_gaussian_as_fast_as_the_population(scott, name, order):
    found = scott.statistics[name]
    points = (PETALS[:, 0] - PETALS[:, 0].mean()) / PETALS[:, 0].std()
    first = (points**order).mean() - (3 if order == 4 else 0)
    growth = 1.0630957344480193249
    # [CA-B3]
    assert found.map[9] == pytest.approx(first * growth ** (-order * 10 / 2), rel=1e-11)
    assert abs(found.mean[9] - found.map[9]) < 0.05


def test_the_modes_of_runs_merge_when_those_of_the_population_do(scott):
    assert scott.column == "column 1" and scott.merging == 7
    assert scott.statistics["modes"].middle[0] == 2 and scott.statistics["modes"].middle[9] == 1
    assert abs(scott.typical_merging - scott.merging) <= 1


def test_equal_components_merge_where_the_closed_form_says():
    grid = norm.ppf((np.arange(2000) + 0.5) / 2000)
    real = gl.Particles.of(np.concatenate([0.5 * grid - 2, 0.5 * grid + 2]))
    known = lambda text: populations(gl.language.parse(text).build(), real)[0]
    for bandwidth, numbers in (('"scott"', {"factor": 1000**-0.2}), ("0.52", {"bandwidth": 0.52})):
        merged = known(f"Draw(1000) >> Smooth({bandwidth})").merging()
        assert merged == math.ceil(kernel_density.merge_time(2.0, 0.5, **numbers))
    shrunk = known('Draw(1000) >> Smooth("scott", shrink=True)')
    assert shrunk.merging() == 11
    assert shrunk.shape(40)["variance_kept"][-1] == pytest.approx(1, rel=1e-12)


def test_real_data_keep_the_modes_of_the_population():
    loop = 'Draw(1000) >> Smooth("scott") >> Mix(real, a)'
    stage = gl.language.parse(loop).build({"a": 0.2}, real=COLUMN)
    (known,) = populations(stage, COLUMN)
    assert math.isinf(known.merging())
    # V = a/(1 - q (1 + k)) [CA-B5]
    variance = known.shape(140)["variance_kept"][-1]
    assert variance == pytest.approx(0.2 / (1 - 0.8 * 1.0630957344480193249), rel=1e-9)


def test_two_columns_have_the_scott_factor_of_two_dimensions():
    options = {"generations": 2, "replicates": 50}
    found = answers.simulation(PLANE, loop='Draw(50) >> Smooth("scott")', **options)
    exact = found.statistics["variance_kept"].exact
    assert exact[1] / exact[0] == pytest.approx(1 - 1 / 50 + 50 ** (-1 / 3), rel=1e-12)


@pytest.mark.parametrize(
    "loop, words",
    [
        ("Accumulate(Smooth(0.5), samples=100)", "grow without end"),
        ("Smooth(0.5)", "draws no samples"),
    ],
)
def test_data_that_are_kept_and_loops_that_draw_nothing_are_not_run(petals, capsys, loop, words):
    assert run(["simulate", "--table", petals, "--loop", loop]) == 2
    assert words in capsys.readouterr().err


@pytest.fixture
def petals(tmp_path):
    path = tmp_path / "petals.csv"
    np.savetxt(path, PETALS, "%.1f", ",", header="length,width", comments="")
    return str(path)


@pytest.mark.parametrize(
    "columns, loop, words",
    [
        ("length", 'Draw(1000) >> Smooth("scott") >> Mix(real, a)', "5.9 % of real data"),
        ("1-2", 'Draw(1000) >> Smooth("scott") >> Mix(real, a)', "9.06 % of real data"),
        ("length", "Draw(1000) >> Smooth(0.5)", "settles at 80.76 times the real one"),
        ("1-2", 'Draw(1000) >> Smooth("silverman")', "grows without limit"),
    ],
)
def test_the_command_line_answers_in_a_sentence(petals, capsys, columns, loop, words):
    assert run(["threshold", "--table", petals, "--columns", columns, "--loop", loop]) == 0
    assert words in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    "loop, words",
    [
        ('Draw(1000) >> Smooth("scot")', 'is "scott", "silverman" or a positive number'),
        ("Draw(1000) >> Smooth(-0.5)", "bandwidth must lie in (0, inf)"),
        ("Draw(1000) >> Temper(0.9) >> Smooth(0.5)", "leave out Temper"),
        ("Draw(1000) >> Smooth(h)", "give one, for example --find h=0.1:2"),
    ],
)
def test_a_loop_that_cannot_be_is_refused_in_one_line(petals, capsys, loop, words):
    assert run(["threshold", "--table", petals, "--loop", loop]) == 2
    told = capsys.readouterr().err
    assert words in told and told.count("\n") == 1


@pytest.mark.parametrize(
    "content, code", [("x\n1\n", "E232"), ("x\n1\n1\n", "E233"), ("x\n1\na\n", "E221")]
)
def test_a_table_without_numbers_that_vary_is_refused(tmp_path, capsys, content, code):
    path = tmp_path / "column.csv"
    path.write_text(content)
    assert run(["threshold", "--table", str(path), "--loop", "Draw(9) >> Smooth(0.5)"]) == 2
    assert code in capsys.readouterr().err


def test_tokens_have_no_kernels(capsys):
    assert run(["threshold", "--uniform", "5", "--loop", "Draw(9) >> Smooth(0.5)"]) == 2
    assert "Particles" in capsys.readouterr().err
