"""ST-A3: The derivative of retraining is made of two expected Hessians."""

import jax.numpy as jnp
import numpy as np

from ...analysis import jacobian
from ...loops import retraining as closed
from ...verification import bound, closed_form, scaled, theorem
from ._curved_family import derivative
from ._own_family import matrices, parametric, random_pair, retraining, settled

_DERIVATIVE = {
    "derivative": closed.retraining_jacobian,
    "multipliers": closed.retraining_multipliers,
    "norm": closed.energy_norm,
}
_CASES = ((0.0, 0.7), (0.5, 3.0), (0.8, 0.3))


def _without_samples(real, sampled, synthetic_weight):
    return np.linalg.solve(real, synthetic_weight * sampled)


def _exchanged(real, sampled, synthetic_weight):
    return closed.retraining_multipliers(sampled, real, synthetic_weight)


@theorem(
    spec="ST-A3",
    paper="bertrand2023",
    status="reconstructed",
    hypotheses=(
        "infinite data and exact maximum likelihood, local or global, in every generation",
        "log-densities with two derivatives that may be taken inside expectations",
        "a fixed point with A + w B negative definite",
    ),
    claim=_DERIVATIVE,
    mutants={
        "what is fitted has no samples": _DERIVATIVE | {"derivative": _without_samples},
        "real and sampled curvature exchanged": _DERIVATIVE | {"multipliers": _exchanged},
        "the Euclidean norm": _DERIVATIVE | {"norm": lambda matrix, _: np.linalg.norm(matrix, 2)},
        "the derivative 1 % large": scaled(_DERIVATIVE, 1.01, "derivative"),
        "multipliers 1 % large": scaled(_DERIVATIVE, 1.01, "multipliers"),
    },
)
def derivative_of_retraining(claim, trial):
    r"""The derivative of retraining is made of two expected Hessians.

    $J = (A + w B)^{-1} w B$ with $A = E_r \nabla^2 \log p_{\theta_*}$ and $B = E_{p_{\theta_*}}
    \nabla^2 \log p_{\theta_*}$. Where $A < 0$ it is self-adjoint in the inner product of $-A$, in
    which its norm is its spectral radius: no error grows for a while before it dies out.
    """
    for curvature, weight in _CASES:
        family, theta = trial.once(f"family {curvature}", lambda c=curvature: settled(c))
        pair = matrices(family, theta)
        claimed = claim["derivative"](*pair, weight)
        what = f"curvature {curvature}, w = {weight}"
        run = lambda at, f=family, w=weight: f.retrain(at, w)
        exact = trial.once(what, lambda r=run, t=theta: derivative(r, t))
        unit = {"tolerance": 1e-9, "scale": np.abs(exact).max()}
        yield closed_form(f"{what}, of a maximiser in NumPy", claimed, exact, **unit)
        own = trial.once(f"own {what}", lambda c=curvature, w=weight, t=theta: _by_engine(c, w, t))
        yield closed_form(f"{what}, of the stage Refit", claimed, own, **unit)
        found = np.sort(np.linalg.eigvals(own).real)[::-1]
        yield closed_form(
            f"{what}, multipliers", claim["multipliers"](*pair, weight), found, tolerance=1e-9
        )
    for index in range(6):
        real, sampled = random_pair([trial.seed, index], 1 + index % 4)
        exact = closed.retraining_jacobian(real, sampled, 1.0)
        radius = np.abs(np.linalg.eigvals(exact)).max()
        norm = claim["norm"](exact, -real)
        yield closed_form(f"random pair {index}, norm", norm, radius, tolerance=1e-9)
        yield bound(f"random pair {index}, no error grows", norm, 1.0)


def _by_engine(curvature, weight, theta):
    """The derivative of the map of models, by the implicit function theorem."""
    model = parametric(curvature).with_vector(jnp.asarray(theta))
    return np.asarray(jacobian(retraining(weight), model))
