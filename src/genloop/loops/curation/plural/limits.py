r"""The limit of a loop curated by groups: the maximum of its concave welfare."""

import numpy as np

from .dynamics import gains, generation, welfare

_STEPS, _SLACK, _SETTLED, _FEW = 100, 1e-9, 1e-12, 64
_BARRIERS = tuple(10.0**-power for power in range(1, 10))


def limit(rewards, shares, *, real=None, real_fraction=0.0) -> np.ndarray:
    r"""Where the loop ends from a start with every outcome: $p_* = \arg\max \Psi$ [CU-1] [CU-2].

    With real data for every outcome there is one fixed point, $p_{*i} = a r_i/(1 - (1 - a)
    W_i)$. Without, outcomes with $W_i < 1$ are lost, and for rewards in general position as many
    are left as there are groups, or fewer. Raises `ValueError` where the maximum is not unique to
    double precision: there the limit depends on the start, and `generation` finds it.

    ```python
    gl.loops.curation.plural.limit(np.log([[9.0, 1.0], [1.0, 9.0]]), [0.5, 0.5])  # [0.5, 0.5]
    ```
    """
    rewards, shares = np.atleast_2d(np.asarray(rewards, dtype=float)), np.asarray(shares)
    if real is not None and real_fraction > 0:
        real = np.asarray(real, dtype=float)
        return _maximum(real, rewards, shares, real=real, real_fraction=real_fraction)
    left = _survivors(rewards, shares)
    found = np.zeros(rewards.shape[1])
    found[left] = _maximum(found[left] + 1 / left.sum(), rewards[:, left], shares)
    if not (gains(found, rewards, shares) < 1 + _SLACK).all():
        raise ValueError(
            "the limit is too close to a threshold, or depends on the start; change a reward or a "
            "share a little, or iterate generation from your start."
        )
    return found


def _survivors(rewards, shares):
    """Outcomes whose probabilities do not vanish with the share of real data.

    Uniform real data are the barrier of an interior-point method, their share its parameter.
    """
    state = real = np.full(rewards.shape[1], 1 / rewards.shape[1])
    for share in _BARRIERS:
        before = state
        state = _maximum(state, rewards, shares, real=real, real_fraction=share)
    return state > before / 3


def _maximum(state, rewards, shares, **real):
    """Newton's method from a state; where it does not raise the welfare, a generation does."""
    for _ in range(_STEPS):
        safe = generation(state, rewards, shares, **real)
        new = _newton(state, rewards, shares, **real)
        if not welfare(new, rewards, shares, **real) >= welfare(safe, rewards, shares, **real):
            new = safe if np.abs(new / state - 1).max() > 1e-7 else new
        if np.abs(new / state - 1).max() < _SETTLED:
            break
        state = new
    return new


def _newton(state, rewards, shares, *, real=0.0, real_fraction=0.0):
    """A step towards the maximum, in units of the roots of the probabilities.

    In these units the derivative of a generation is symmetric [CU-3].
    """
    odds = np.exp(rewards - rewards.max(axis=-1, keepdims=True))
    means, weight = odds @ state, np.sqrt(state)
    pull = np.sqrt((1 - real_fraction) * shares)[:, None] / means[:, None] * odds * weight
    source = real_fraction * np.asarray(real) / state * np.ones(state.size)
    growth = (1 - real_fraction) * (shares / means) @ odds + source
    solve = _with_source if source.all() and source.size > _FEW else _dense
    step = solve(pull, source, weight, weight * growth) / weight
    # Never more than nine tenths of the way to the boundary.
    step = step / max(1.0, -step.min() / 0.9)
    return state * (1 + step) / (1 + state @ step)


def _dense(pull, source, weight, slope):
    """The step that keeps the mass, also where the maximum is flat."""
    curved = pull.T @ pull + np.diag(source)
    system = np.block([[curved, weight[:, None]], [weight[None], np.zeros((1, 1))]])
    return np.linalg.lstsq(system, np.append(slope, 0.0), rcond=1e-15)[0][:-1]


def _with_source(pull, source, weight, slope):
    """The same by a system of the size of the groups, for many outcomes."""
    inner = np.eye(len(pull)) + (pull / source) @ pull.T
    inverse = lambda b: (b - pull.T @ np.linalg.solve(inner, pull @ (b / source))) / source
    free, mass = inverse(slope), inverse(weight)
    return free - mass * (weight @ free) / (weight @ mass)
