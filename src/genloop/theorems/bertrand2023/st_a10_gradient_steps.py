"""ST-A10: A few gradient steps a generation, and how long they may be."""

import jax.numpy as jnp
import numpy as np

from ...analysis import jacobian
from ...certificates import certify_root
from ...loops import retraining as closed
from ...verification import bound, closed_form, proves, scaled, theorem
from ._curved_family import REAL, derivative
from ._own_family import matrices, parametric, random_pair, retraining, settled

_STEPS = {"derivative": closed.inexact_jacobian, "largest": closed.largest_step}
_CASES = ((0.0, 0.7, 1, 0.3), (0.5, 3.0, 3, 0.2), (0.8, 0.3, 2, 0.5))


def _independent(real, sampled, weight, steps, step_size):
    """As if the steps did not know that the samples come from their start."""
    one, hessian = np.eye(len(real)), real + weight * sampled
    return np.linalg.matrix_power(one + step_size * hessian, steps)


def _one_less(real, sampled, weight, steps, step_size):
    return closed.inexact_jacobian(real, sampled, weight, steps - 1, step_size)


def _of_the_objective(real, sampled, weight, steps):
    return 2 / np.abs(np.linalg.eigvalsh(real + weight * sampled)).max()


@theorem(
    spec="ST-A10",
    paper="bertrand2023",
    status="derived",
    hypotheses=(
        "infinite data; k steps of gradient ascent of size h from the parameters before",
        "the mean log-likelihood of real data plus w times that of samples is what is ascended",
        "for the largest step: a strict maximum of the real likelihood",
    ),
    claim=_STEPS,
    mutants={
        "the start is forgotten": _STEPS | {"derivative": _independent},
        "one step less": _STEPS | {"derivative": _one_less},
        "always the step of a fixed objective": _STEPS | {"largest": _of_the_objective},
        "the derivative 1 % large": scaled(_STEPS, 1.01, "derivative"),
        "the step 1 % large": scaled(_STEPS, 1.01, "largest"),
    },
)
def gradient_steps(claim, trial):
    r"""A few gradient steps a generation, and how long they may be.

    $J_k = (I + h H)^k (I - J) + J$ with $H = A + w B$ and $J = H^{-1} w B$; $J_1 = I + h A$ for
    every weight. At a strict maximum of the real likelihood all multipliers are real, and steps of
    $h < 2/\max_i |\lambda_i(H)|$ are stable; for even $k$ longer ones are not, for odd $k$ they are
    up to the one root of $\max_i \lambda_i(I - J_k) = 2$: $2/\max_i |\lambda_i(A)|$ for $k = 1$.
    """
    for curvature, weight, steps, size in _CASES:
        family, theta = trial.once(f"family {curvature}", lambda c=curvature: settled(c))
        pair = matrices(family, theta)
        claimed = claim["derivative"](*pair, weight, steps, size)
        what = f"curvature {curvature}, w = {weight}, {steps} steps of {size}"
        run = lambda at, f=family, w=weight, k=steps, h=size: _ascended(f, at, w, k, h)
        exact = trial.once(what, lambda r=run, t=theta: derivative(r, t))
        unit = {"tolerance": 1e-9, "scale": np.abs(exact).max()}
        yield closed_form(f"{what}, in NumPy", claimed, exact, **unit)
        case = (curvature, theta, weight, steps, size)
        own = trial.once(f"own {what}", lambda c=case: _by_engine(*c))
        yield closed_form(f"{what}, of the stage Refit", claimed, own, **unit)
    for index in range(8):
        steps, weight = 1 + index % 5, 0.4 + index / 3
        real, sampled = random_pair([trial.seed, index], 1 + index % 3)
        largest = claim["largest"](real, sampled, weight, steps)
        what = f"random pair {index}, {steps} steps"
        radius = lambda h, case=(real, sampled, weight, steps): np.abs(_multipliers(*case, h)).max()
        yield closed_form(f"{what}, one at the largest", radius(largest), 1.0, tolerance=1e-8)
        inside = [radius(share * largest) for share in (0.05, 0.3, 0.7, 0.99)]
        yield bound(f"{what}, stable below", inside, 1 - 1e-9)
        imaginary = np.abs(np.imag(_multipliers(real, sampled, weight, steps, 1.5 * largest)))
        yield bound(f"{what}, real multipliers", imaginary.max(), 1e-6)


def _ascended(family, theta, weight, steps, size):
    """Gradient steps, written out."""
    data = REAL + weight * family.probabilities(theta)
    moved = theta
    for _ in range(steps):
        moved = moved + size * family.score(moved, data)
    return moved


def _multipliers(real, sampled, weight, steps, size):
    return np.linalg.eigvals(closed.inexact_jacobian(real, sampled, weight, steps, size))


def _by_engine(curvature, theta, weight, steps, size):
    """The derivative of the map of models; its likelihood is a mean over all data."""
    model = parametric(curvature).with_vector(jnp.asarray(theta))
    run = retraining(weight, steps=steps, step_size=(1 + weight) * size)
    return np.asarray(jacobian(run, model))


@proves("ST-A10")
def proofs(digits):
    r"""The largest step of one parameter, $A = -1$, $B = -2$, $w = \frac12$: $k = 1$ and 3."""
    level = lambda h, w, k: (1 - h * (1 + 2 * w)) ** k * (1 / (1 + 2 * w)) + 2 * w / (1 + 2 * w) + 1
    known = {"parameters": ["0.5"], "digits": digits}
    return {
        f"{k} steps": certify_root(lambda h, w, k=k: level(h, w, k), "1.01", "2.5", **known)
        for k in (1, 3)
    }
