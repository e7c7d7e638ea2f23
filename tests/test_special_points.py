"""Branches do not depend on where their points happen to fall."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import genloop as gl
from genloop.analysis.continuation import BifurcationKind, Status

PITCHFORK = jax.tree_util.Partial(lambda p: lambda x: (1 + p) * x - x**3)
TRANSCRITICAL = jax.tree_util.Partial(lambda p: lambda x: (1 + p) * x - x**2)
FOLD = jax.tree_util.Partial(lambda p: lambda x: x + p - x**2)
NARROW = jax.tree_util.Partial(lambda p: lambda x: x + 0.5 * (p + 3e-3 * x - x**3))
FLIP = jax.tree_util.Partial(lambda p: lambda x: -(1 + p) * x + x**3)
# Where 3e-3 = 3 x^2.
FOLDS = 2 * 1e-3**1.5

MAPS = {
    "pitchfork": (PITCHFORK, 0.0, (-0.1, 0.7), [("BP", 0.0)]),
    "transcritical": (TRANSCRITICAL, 0.0, (-0.1, 0.7), [("BP", 0.0)]),
    "flip": (FLIP, 0.0, (-0.1, 0.7), [("PD", 0.0)]),
    "folds closer than a stride": (NARROW, -1.0, (-1.0, 1.0), [("LP", FOLDS), ("LP", -FOLDS)]),
}


def events(branch):
    kept = branch.points().events
    return [
        (BifurcationKind(int(kind)).label, float(parameter))
        for kind, parameter in zip(kept.kind, kept.parameter, strict=True)
    ]


def assert_found(branch, expected):
    found = events(branch)
    assert [kind for kind, _ in found] == [kind for kind, _ in expected], (found, str(branch))
    for (_, here), (_, there) in zip(found, expected, strict=True):
        assert abs(here - there) < 1e-8
    assert (np.asarray(branch.status) == Status.BOUND).all(), str(branch)


@pytest.mark.parametrize("name", MAPS)
def test_no_grid_loses_an_event(name):
    family, state, (lower, upper), expected = MAPS[name]
    follow = lambda **strides: gl.branch(family, jnp.array(state), lower, upper, **strides)
    # Strides that land on the event, beside it, and on halves and tenths of the interval.
    for stride in (0.01, 0.0125, 1 / 64, 1 / 32, 0.02, 0.025, 0.05, np.pi / 100):
        assert_found(follow(stride=stride, longest_stride=max(stride, 0.02)), expected)


@pytest.mark.parametrize("name", ["pitchfork", "transcritical"])
def test_a_start_or_an_end_where_branches_cross_is_like_any_other(name):
    family, state, (lower, upper), expected = MAPS[name]
    state = jnp.array(state)
    assert_found(gl.branch(family, state, lower, upper, start=0.0), expected)
    after, before = gl.branch(family, state, 0.0, upper), gl.branch(family, state, lower, 0.0)
    assert_found(after, []), assert_found(before, [])
    assert after.points().parameter[-1] == upper and before.points().parameter[-1] == 0.0
    assert not after.points().stable.any() and before.points().stable[:-1].all()
    # The last row lies where they cross: one multiplier is one.
    assert not before.points().stable[-1] and not before.points().unstable.any()
    backward = gl.branch(family, state, 0.0, upper, start=upper, direction=-1)
    assert backward.points().parameter[-1] == 0.0


TOUCHING = {
    "two": lambda p: lambda x: x + p**2 * x - x**3,
    "three": lambda p: lambda x: x + p**3 * x - x**3,
    "four": lambda p: lambda x: x - p**4 * x,
}
"""Branches that touch: a multiplier comes to one with a power of the parameter."""


@pytest.mark.parametrize("name", TOUCHING)
def test_a_branch_goes_on_where_others_touch_it(name):
    family = jax.tree_util.Partial(TOUCHING[name])
    found = gl.branch(family, jnp.array(0.0), -0.5, 0.5)
    assert (np.asarray(found.status) == Status.BOUND).all(), str(found)
    assert found.points().parameter[-1] == 0.5
    assert [kind for kind, _ in events(found)] == (["BP"] if name == "three" else [])


def test_a_start_at_a_fold_follows_both_sides_of_it():
    found = gl.branch(FOLD, jnp.array(0.0), -0.1, 0.7, start=0.0)
    assert_found(found, [("LP", 0.0)])
    ends = np.asarray(found.points().state)[[0, -1]]
    np.testing.assert_allclose(ends, [-(0.7**0.5), 0.7**0.5], rtol=1e-12)


def test_a_fold_that_touches_a_bound_is_passed_by():
    for stride in (0.0125, 0.025, np.pi / 100):
        begin = {"start": 0.7, "direction": -1, "stride": stride, "longest_stride": stride}
        found = gl.branch(FOLD, jnp.array(0.7**0.5), 0.0, 0.7, **begin)
        assert_found(found, [("LP", 0.0)])
        assert abs(found.points().state[-1] + 0.7**0.5) < 1e-10


@pytest.mark.parametrize("outcomes", [3, 5])
def test_uniform_loops_lose_stability_at_one_minus_the_temperature(outcomes):
    real = gl.Categorical.uniform(outcomes)
    family = jax.tree_util.Partial(lambda real, a: gl.Temper(0.8) >> gl.Mix(real, a), real)
    for lower in (0.1, 0.12, 0.125, 0.13, 0.15):
        for stride in (0.01, 0.02, 0.0125):
            found = gl.branch(family, real, lower, 0.9, stride=stride, longest_stride=0.02)
            assert_found(found, [("BP", 0.2)])
            rows = found.points()
            assert (rows.stable == (rows.parameter > 0.2)).all()


def test_the_command_line_says_where_uniform_data_are_stable(capsys):
    from genloop.cli.run import run

    for ends in ("0.1:0.9", "0.13:0.9", "0.2:0.9"):
        command = ("diagram", "--uniform", "5", "--along", "real-fraction", "-T", "0.8", "-a", ends)
        assert run(command) == 0
        out = " ".join(capsys.readouterr().out.split())
        assert "branch from the real data: stable from 0.2 to 0.9." in out, out
