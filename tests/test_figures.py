"""The committed figures are what their scripts draw."""

import csv
import functools
import itertools
import pathlib
import runpy
from xml.etree import ElementTree

import jax
import numpy as np
import pytest
from matplotlib.axis import Tick
from matplotlib.colors import to_rgb
from matplotlib.text import Text

import genloop as gl
from genloop import plots
from genloop.loops.temperature.closed_forms import uniform
from genloop.papers import marchi2024

FIGURES = pathlib.Path(__file__).parent.parent / "figures"
NAMES = sorted(path.stem for path in FIGURES.glob("*.py"))
# The demo corpus differs between versions of Python.
OF_THE_DEMO = ("bigram_loop", "bounds", "demo_vocabulary", "extinction", "fold_curves")
OF_THE_DEMO += ("nucleus_collapse",)
OF_PANELS = ("bigram_loop", "certified_phase", "diffusion_limit", "extinction", "fold_curves")
OF_PANELS += ("folds_over_outcomes", "heavy_tail", "hysteresis", "nucleus_collapse")
OF_PANELS += ("guidance", "mad_loops", "retraining_bound", "synthetic_amount")
OF_PANELS += ("kernel_density", "kernel_distances", "curation_phase")
# These compile, or go through the whole text, for the better part of a minute.
SLOW = (
    "accumulation",
    "bifurcations",
    "certified_phase",
    "curation_phase",
    "folds_over_outcomes",
    "hysteresis",
    "kernel_density",
    "kernel_distances",
    "mad_admissible",
    "mad_loops",
    "phase_uniform",
    *OF_THE_DEMO,
)


def figure(name):
    """The name as a parameter; whatever draws one figure runs in one process."""
    marks = [pytest.mark.xdist_group(name)] + [pytest.mark.slow] * (name in SLOW)
    return pytest.param(name, marks=marks)


def columns(path):
    """A table as {name: column}, numbers where all cells are."""
    with path.open(newline="") as file:
        header, *rows = csv.reader(file)
    table = {}
    for name, *cells in zip(header, *rows, strict=True):
        try:
            table[name] = np.array(cells, dtype=float)
        except ValueError:
            table[name] = np.array(cells)
    return table


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    """Runs a script once and returns the path of what it wrote, without suffix."""
    folder = tmp_path_factory.mktemp("figures")

    @functools.cache
    def draw(name):
        runpy.run_path(str(FIGURES / f"{name}.py"))["main"](folder)
        return folder / name

    return draw


@pytest.mark.parametrize("name", [figure(name) for name in NAMES])
def test_a_script_writes_its_pictures_and_its_data(name, drawn):
    path = drawn(name)
    for folder in (path.parent, FIGURES):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        svg = (folder / f"{name}.svg").read_text()
        assert ElementTree.fromstring(svg).tag.endswith("svg") and "<dc:date>" not in svg
        assert (folder / f"{name}.csv").exists()
    fresh, committed = (columns(p / f"{name}.csv") for p in (path.parent, FIGURES))
    assert {key: c.shape for key, c in fresh.items()} == {k: c.shape for k, c in committed.items()}


@pytest.mark.parametrize("name", [figure(n) for n in NAMES if n not in OF_THE_DEMO])
def test_the_committed_data_are_what_the_script_computes(name, drawn):
    fresh, committed = columns(drawn(name).with_suffix(".csv")), columns(FIGURES / f"{name}.csv")
    for key, column in committed.items():
        if column.dtype.kind == "U":
            assert (fresh[key] == column).all()
        else:
            np.testing.assert_allclose(fresh[key], column, rtol=1e-4, atol=1e-12, err_msg=key)


@pytest.mark.parametrize("name", NAMES)
def test_no_words_of_a_figure_cover_others_and_every_panel_of_several_has_a_letter(name):
    draw, data = runpy.run_path(str(FIGURES / f"{name}.py"))["draw"], FIGURES / f"{name}.csv"
    with plots.style():
        figure = draw(columns(data))
        figure.set_dpi(200)
        figure.draw_without_rendering()
    ticks = {label for tick in figure.findobj(Tick) for label in tick.findobj(Text)}
    words = [word for word in figure.findobj(Text) if word not in ticks and word.get_text()]
    # Without the lines that lead from some to what they are about.
    boxes = [Text.get_window_extent(word) for word in words]
    for one, other in itertools.combinations(range(len(words)), 2):
        assert not boxes[one].overlaps(boxes[other]), (words[one], words[other])
    assert all(box.x0 >= figure.bbox.x0 and box.x1 <= figure.bbox.x1 for box in boxes)
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    letters = [f"({letter})" for letter in "abc"[: len(panels)]] if name in OF_PANELS else []
    assert [panel.get_title("left") for panel in figure.axes if panel.get_title("left")] == letters
    assert all(letter in figure.get_supxlabel() for letter in letters)


@pytest.mark.parametrize("colour", [plots.ORANGE, plots.SKY, plots.YELLOW, plots.BLUE, plots.BLACK])
def test_text_in_a_colour_of_the_palette_can_be_read(colour):
    light = np.array(to_rgb(plots.ink(colour)))
    light = np.where(light <= 0.04045, light / 12.92, ((light + 0.055) / 1.055) ** 2.4)
    assert 1.05 / (light @ (0.2126, 0.7152, 0.0722) + 0.05) > 4.5


def test_the_regions_lie_between_the_curves():
    table = columns(FIGURES / "phase_uniform.csv")
    for key in [key for key in table if key.startswith("region")]:
        fraction = float(key.removeprefix("region at "))
        expected = np.where(fraction > table["fold"], 0, np.where(fraction > table["local"], 1, 2))
        # On the line a = 1 - T itself the multiplier is one, and rounding decides.
        clear = np.abs(fraction - table["local"]) > 1e-9
        np.testing.assert_array_equal(table[key][clear], expected[clear])


def test_the_sweeps_jump_at_the_fold_and_at_the_branch_point():
    table = columns(FIGURES / "hysteresis.csv")
    for series, low, high in (("sweep up", 0.514, 9 - 6 * 2**0.5), ("sweep down", 0.499, 0.5)):
        chosen = table["series"] == series
        fraction = table["real_fraction"][chosen]
        leader = table["leading_probability"][chosen]
        assert np.abs(leader[fraction > high + 1e-9] - 1 / 3).max() < 1e-3
        ratio = 1.5 * (1 / fraction - 1) * (1 + np.sqrt(1 - 8 / 9 / (1 / fraction - 1) ** 2 + 0j))
        winner = ratio.real / (ratio.real + 2)
        on_top = fraction <= low + 1e-9
        np.testing.assert_allclose(leader[on_top], winner[on_top], atol=1e-3)


def test_the_band_of_the_exact_law_holds_nine_paths_in_ten():
    table = columns(FIGURES / "variance_collapse.csv")
    paths = np.stack([column for key, column in table.items() if key.startswith("path")])
    inside = (paths > table["quantile 0.05"]) & (paths < table["quantile 0.95"])
    # Four standard errors of 200 paths.
    assert np.abs(inside.mean(axis=0)[1:] - 0.9).max() < 4 * (0.09 / 200) ** 0.5


def test_the_bound_on_retraining_proves_less_than_holds():
    table = columns(FIGURES / "retraining_bound.csv")
    bound, ratio = table["sufficient weight"], table["curvature ratio"]
    proved = np.isfinite(bound)
    # Where the bound says something the maximum is strict, and errors shrink to a third at most.
    assert (ratio[proved] > 0).all() and (bound[proved] <= 0.5 + 1e-12).all()
    assert (bound[proved] / (bound[proved] + ratio[proved]) <= 1 / 3 + 1e-9).all()
    assert (ratio[~proved] <= 0).all()


def test_the_mean_leaves_the_runs_behind_that_the_exact_law_describes():
    table = columns(FIGURES / "heavy_tail.csv")
    series = {
        name: [table[key][table["series"] == name] for key in list(table)[1:]]
        for name in dict.fromkeys(table["series"])
    }
    assert series["mean"][1][-1] > 2 * series["high"][1][-1]
    # Quantiles of 5,000 runs at the end, within four standard errors of their share.
    for name, share in (("median", 0.5), ("high", 0.05)):
        end = np.sqrt(series[f"end of {name}"][1][0] - 1)
        found = np.sqrt(series[name][1][-1] - 1)
        law = np.interp([end, found], *series["exact"])
        assert abs(law[1] - law[0]) < 4 * np.sqrt(share * (1 - share) / 5000) + 1e-3
    shown, chance = series["simulated"]
    law = np.exp(np.interp(np.log(shown), np.log(series["exact"][0]), np.log(series["exact"][1])))
    assert (np.abs(chance - law) < 4 * np.sqrt(law * (1 - law) / 40_000) + 1e-3).all()
    assert abs(series["Kesten"][1][-1] / series["exact"][1][-1] - 1) < 1e-3


@pytest.mark.slow
@pytest.mark.xdist_group("demo_vocabulary")
def test_the_demo_ends_where_the_figure_says(drawn):
    table, real = columns(drawn("demo_vocabulary").with_suffix(".csv")), gl.data.demo()
    kept = [key for key in table if key.startswith("kept")]

    @jax.jit
    def ends(temperature, fraction):
        loop = marchi2024.loop(temperature=temperature, real_fraction=fraction, real=real)
        state = jax.lax.fori_loop(0, 1000, lambda _, x: loop(x), real)
        return gl.fixed_point(loop, real).state, state

    for row, column in ((3, 60), (20, 40), (36, 20), (43, 10), (60, 2), (79, 70)):
        fraction = float(kept[column].removeprefix("kept at "))
        for state in ends(table["temperature"][row], fraction):
            share = state.effective_vocabulary() / real.effective_vocabulary()
            np.testing.assert_allclose(table[kept[column]][row], share, rtol=1e-3)


@pytest.mark.slow
@pytest.mark.xdist_group("demo_vocabulary")
def test_the_last_fold_of_the_demo_falls_with_the_temperature(drawn):
    table = columns(drawn("demo_vocabulary").with_suffix(".csv"))
    cold = np.isfinite(table["unique"])
    assert (table["temperature"][cold] < 1).all() and cold.sum() > 10
    assert (np.diff(table["unique"][cold]) < 0).all()


def test_simulated_loops_keep_the_variance_that_is_expected():
    table = columns(FIGURES / "accumulation.csv")
    shown = np.isfinite(table["generation of runs"])
    for name in ("replace", "subsample", "accumulate"):
        law = np.interp(table["generation of runs"][shown], table["generation"], table[name])
        gap = np.abs(table[f"{name} runs"][shown] - law)
        # Four standard errors; two are drawn.
        assert (gap < 2 * table[f"{name} runs error"][shown]).all()
        assert (np.diff(table[name]) < 0).all() and (table[name] >= table[f"{name} limit"]).all()


def test_every_kind_of_event_lies_where_its_formula_says():
    table = columns(FIGURES / "bifurcations.csv")
    events = table["kind"] != ""
    assert set(table["kind"][events]) == {"LP", "BP", "PD", "NS", "TP"}
    known = np.isfinite(table["from formula"])
    assert known.sum() == 10 and table["from formula"][known].max() < 1e-12
    # Without a formula: the period of the unequal cycles doubles where a multiplier is -1.
    for row in np.flatnonzero(events & ~known):
        state, product = np.array([table["x"][row], table["y"][row]]), np.eye(2)
        for _ in range(2):
            product = (np.full((2, 2), 0.1) - np.diag(2 * state + 0.2)) @ product
            state = table["a"][row] - state**2 + 0.1 * (state[::-1] - state)
        assert np.abs(np.linalg.eigvals(product) + 1).min() < 1e-4


def test_the_curves_of_bifurcations_are_those_of_the_formulas():
    table = columns(FIGURES / "fold_curves.csv")
    assert table["difference"].max() < 1e-9
    temperature, fraction = table["temperature"], table["real_fraction"]
    crossing = table["kind"] == "BP"
    np.testing.assert_allclose(fraction[crossing], 1 - temperature[crossing], atol=1e-5)
    folds = (table["panel"] == "uniform") & ~crossing
    for row in np.flatnonzero(folds)[::8]:
        fold = uniform.fold(temperature=temperature[row], outcomes=10)
        np.testing.assert_allclose(fraction[row], fold.real_fraction, atol=1e-5)


def test_runs_of_kernel_density_loops_are_near_the_limit_of_many_samples():
    table = columns(FIGURES / "kernel_density.csv")
    later = table["generation"] > 0
    assert np.abs(table["runs"] - table["population"])[later].max() < 0.03
    table = columns(FIGURES / "kernel_distances.csv")
    scott = (table["loop"] == "scott") & (table["generation"] >= 30)
    for name in ("divergence", "W1", "W2"):
        np.testing.assert_allclose(table[f"{name} of runs"][scott], table[name][scott], rtol=0.25)


@pytest.mark.slow
@pytest.mark.xdist_group("fold_curves")
def test_the_last_fold_of_the_demo_is_the_threshold_of_uniqueness(drawn):
    # Drawn here: the corpus is that of this version of Python.
    table = columns(drawn("fold_curves").with_suffix(".csv"))
    for row in np.flatnonzero(table["curve"] == "the second word wins")[::7]:
        last = marchi2024.unique_threshold(gl.data.demo(), temperature=table["temperature"][row])
        np.testing.assert_allclose(table["real_fraction"][row], last.value, atol=1e-5)


def test_the_folds_of_the_repetitions_are_where_their_branches_turn():
    table = columns(FIGURES / "bigram_loop.csv")
    for theory in ("context alone", "coupled"):
        own = (table["series"] == f"threshold, {theory}") & (table["character"] == "c")
        branch = table["real_fraction"][table["series"] == f"branch, {theory}"]
        # The branch is drawn at a few points, and is flat there.
        np.testing.assert_allclose(branch.max(), table["real_fraction"][own][0], atol=2e-3)
    coupled, alone = (
        table["real_fraction"][table["series"] == f"threshold, {theory}"]
        for theory in ("coupled", "context alone")
    )
    assert (coupled - alone > 0.2).all()


def test_the_engine_finds_the_folds_of_the_closed_form():
    table = columns(FIGURES / "folds_over_outcomes.csv")
    series = ("hysteresis", "limit", "engine")
    for temperature in (0.5, 0.8, 0.9, 0.95):
        rows = {kind: table["series"] == f"{kind}, T = {temperature}" for kind in series}
        size, found = (table[key][rows["engine"]] for key in list(table)[1:])
        for outcomes, width in zip(size, found, strict=True):
            fold = uniform.fold(temperature=temperature, outcomes=outcomes).real_fraction
            np.testing.assert_allclose(width, fold - (1 - temperature), rtol=1e-5)
        # Many outcomes: the limit is approached from above.
        gap = table["real_fraction"][rows["hysteresis"]] - table["real_fraction"][rows["limit"]]
        assert (gap > 0).all() and (np.diff(gap[20:]) < 0).all()


def test_nucleus_sampling_ends_at_rest_and_real_data_help():
    table = columns(FIGURES / "nucleus_collapse.csv")
    for mass in (0.8, 0.9, 0.95, 0.99):
        sizes, distance = (
            table["tokens or distance"][table["series"] == f"{kind}, c = {mass}"]
            for kind in ("sampled", "distance")
        )
        assert (np.diff(sizes) < 0).all() and (np.diff(distance) <= 1e-9).all()
        assert distance[-1] < 1e-12


def test_the_bounds_keep_their_order_at_every_temperature():
    table = columns(FIGURES / "bounds.csv")
    order = np.stack([column for name, column in table.items() if name != "temperature"])
    assert (np.diff(order, axis=0) < 0).all()


def test_runs_lose_their_tokens_as_the_exact_law_says():
    table = columns(FIGURES / "extinction.csv")
    names = [name for name in dict.fromkeys(table["series"]) if name.startswith("runs: ")]
    for name in names:
        simulated, exact = (table["series"] == n for n in (name, name.removeprefix("runs: ")))
        law = np.interp(
            table["generation"][simulated],
            table["generation"][exact],
            table["probability or tokens"][exact],
        )
        # Five standard errors of 500 runs; the law is interpolated between whole generations.
        error = np.abs(table["probability or tokens"][simulated] - law)
        assert (error < 5 * np.sqrt(law * (1 - law) / 500) + 0.01).all()


def test_the_same_figure_has_the_same_bytes(tmp_path):
    for name in ("first", "second"):
        with plots.style():
            figure, axes = plots.canvas(caption="A line, $y=x$.")
            axes.plot([0, 1], [0, 1])
            plots.save(figure, {"x": [0, 1], "name, quoted": ["a", "b"]}, tmp_path / name)
    for suffix in (".png", ".svg", ".csv"):
        first, second = ((tmp_path / f"{n}{suffix}").read_bytes() for n in ("first", "second"))
        assert first == second
    assert list(columns(tmp_path / "first.csv")) == ["x", "name, quoted"]


def test_a_table_with_columns_of_different_lengths_is_refused(tmp_path):
    with pytest.raises(ValueError, match="one length"):
        plots.save(plots.canvas()[0], {"x": [1, 2], "y": [1]}, tmp_path / "table")
