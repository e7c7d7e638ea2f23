"""ST-A7: On a circle retraining comes home from everywhere, for every weight."""

import jax
import jax.numpy as jnp
import numpy as np
from scipy import optimize

from ...analysis import multipliers
from ...certificates import certify_root
from ...loops.retraining import circle as closed, likelihood_multipliers
from ...models import Parametric, Points, Support
from ...stages import Mix, Refit
from ...verification import bound, closed_form, proves, scaled, theorem

_CIRCLE = {
    "map": closed.retrained_angle,
    "multipliers": closed.angle_multipliers,
    "flip": closed.angle_flip,
    "bound": closed.curvature_ratio_bound,
}
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(12)


def _swapped(*, radius, distance, synthetic_weight):
    return closed.angle_multipliers(
        radius=distance, distance=radius, synthetic_weight=synthetic_weight
    )


@theorem(
    spec="ST-A7",
    paper="bertrand2023",
    status="derived",
    hypotheses=(
        "the model N(R (cos, sin), I) in the plane, real data of mean (d, 0), d > 0",
        "for the bound of ST-A4: real data N((d, 0), I)",
        "infinite data and exact maximum likelihood in every generation",
    ),
    claim=_CIRCLE,
    mutants={
        "radius and distance exchanged": _CIRCLE | {"multipliers": _swapped},
        "the mean of the angles": _CIRCLE
        | {"map": lambda f, *, radius, distance, synthetic_weight: f * 0.5},
        "the flip where the curvatures are equal": _CIRCLE
        | {"flip": lambda *, radius, distance: radius / distance},
        "the angle 1 % large": scaled(_CIRCLE, 1.01, "map"),
        "multipliers 1 % large": scaled(_CIRCLE, 1.01, "multipliers"),
        "the flip 1 % late": scaled(_CIRCLE, 1.01, "flip"),
        "the bound 1 % small": scaled(_CIRCLE, 0.99, "bound"),
    },
)
def circle(claim, trial):
    r"""On a circle retraining comes home from everywhere, for every weight.

    $\theta' = \arg[d + w R e^{i\theta}]$: every start but $\pi$ tends to 0, with the multiplier
    $\frac{w R}{w R + d} < 1$. The worst angle $\pi$ is a fixed point iff $w R > d$, with the
    multiplier $\frac{w R}{w R - d} > 1$; with less weight it is retrained to 0. The ratio of
    curvatures $\beta = R/d$ equals its bound $1 + L \epsilon/\alpha$ for $d \le R$, so that ST-A4
    asks for $w < \frac d{2 R}$ where every weight is stable.
    """
    for radius, distance, weight in ((2.0, 1.0, 3.0), (2.0, 1.0, 0.2), (0.7, 1.5, 1.0)):
        known = {"radius": radius, "distance": distance, "synthetic_weight": weight}
        what = f"R = {radius}, d = {distance}, w = {weight}"
        for angle in (0.4, 2.0, -3.0):
            label = f"{what}, from {angle}"
            best = trial.once(label, lambda f=angle, k=known: _fitted(f, **k))
            claimed = claim["map"](angle, **known)
            yield closed_form(f"{label}, by a search", claimed, best, tolerance=1e-6)
        run = lambda angle, k=known: closed.retrained_angle(angle, **k)
        both = trial.once(what, lambda k=known: _by_curvatures(**k))
        proper = 2 if weight * radius > distance else 1
        claimed = claim["multipliers"](**known)[:proper]
        yield closed_form(f"{what}, by curvatures", claimed, both[:proper], tolerance=1e-9)
        ends = [jax.grad(run)(f) for f in (0.0, np.pi)[:proper]]
        yield closed_form(f"{what}, by differentiation", claimed, ends)
        orbit = trial.once(f"{what} orbit", lambda r=run: _orbit(r, 3.0))
        yield bound(f"{what}, nearer in every generation", orbit[1:], orbit[:-1])
        yield bound(f"{what}, home in the end", orbit[-1], 1e-6)
    known = {"radius": 2.0, "distance": 1.0, "synthetic_weight": 3.0}
    ends = trial.once("engine", lambda: _by_the_engine(**known))
    what = "R = 2, d = 1, w = 3, by the stages Mix and Refit"
    yield closed_form(what, claim["multipliers"](**known), ends, tolerance=1e-6)
    for radius, distance in ((2.0, 1.0), (0.7, 1.5)):
        turn = trial.once(f"turn {radius}", lambda r=radius, d=distance: _indifferent_weight(r, d))
        what = f"R = {radius}, d = {distance}"
        claimed = claim["flip"](radius=radius, distance=distance)
        yield closed_form(f"{what}, both ends as likely", claimed, turn, tolerance=1e-9)
        lipschitz, steepness, ratio = _curvatures(radius, distance)
        claimed = claim["bound"](radius=radius, distance=distance)
        gap = abs(radius - distance)
        yield closed_form(f"{what}, the bound", claimed, 1 + lipschitz * gap / steepness)
        yield bound(f"{what}, it is one", ratio, claimed, tolerance=1e-9)
        if distance <= radius:
            yield closed_form(f"{what}, it is tight", claimed, ratio, tolerance=1e-9)


def _log_density(angle, point, radius):
    gap = point - radius * jnp.stack([jnp.cos(angle), jnp.sin(angle)])
    return -(gap @ gap) / 2


def _expected(function, mean):
    """The mean of a function of points of $N(m, I)$, by Gauss-Hermite quadrature."""
    points = np.stack(np.meshgrid(_NODES, _NODES, indexing="ij"), axis=-1).reshape(-1, 2)
    weights = np.outer(_WEIGHTS, _WEIGHTS).ravel() / _WEIGHTS.sum() ** 2
    return weights @ jax.vmap(function)(points + jnp.asarray(mean)[None])


def _objective(other, angle, radius, distance, synthetic_weight):
    """Expected log-likelihood of real and weighted synthetic data."""
    density = lambda x: _log_density(other, x, radius)
    drawn = radius * jnp.stack([jnp.cos(angle), jnp.sin(angle)])
    real = _expected(density, jnp.array([distance, 0.0]))
    return real + synthetic_weight * _expected(density, drawn)


_value = jax.jit(_objective)


def _fitted(angle, *, radius, distance, synthetic_weight):
    """The angle of largest likelihood, by a search."""
    value = lambda f: -float(_value(f, angle, radius, distance, synthetic_weight))
    grid = np.linspace(-np.pi, np.pi, 61)
    near = grid[np.argmin([value(f) for f in grid])]
    step = grid[1] - grid[0]
    options = {"bounds": (near - step, near + step), "method": "bounded"}
    return optimize.minimize_scalar(value, options={"xatol": 1e-10}, **options).x


def _by_curvatures(*, radius, distance, synthetic_weight):
    """The general formula of the multiplier, from Hessians by quadrature."""
    found = []
    for angle in (0.0, np.pi):
        real = _curvature(angle, [distance, 0.0], radius)
        own = _curvature(angle, [radius * np.cos(angle), 0.0], radius)
        found.append(likelihood_multipliers(real, own, -own, synthetic_weight)[0, 0])
    return np.array(found)


def _by_the_engine(*, radius, distance, synthetic_weight):
    """Both multipliers of the family given by its log-density alone."""
    box = Support.grid([-radius - 7, -radius - 7], [radius + 7, radius + 7], 32)
    density = lambda f, x: _log_density(f, x, radius)
    model = Parametric.of(density, 0.0, box)
    real = Points.of([[distance, 0.0]])
    loop = Mix(real, 1 / (1 + synthetic_weight)) >> Refit()
    return np.array([multipliers(loop, model.with_vector(jnp.array([f])))[0] for f in (0, np.pi)])


def _curvature(angle, mean, radius):
    bend = jax.grad(jax.grad(_log_density))
    expected = _expected(lambda x: bend(angle, x, radius), np.asarray(mean))
    return expected[None, None]


def _curvatures(radius, distance):
    """$L$, $\\alpha$ and $\\beta$ by derivatives of the log-density."""
    bend = lambda x: jax.grad(jax.grad(_log_density))(0.0, x, radius)
    lipschitz = np.linalg.norm(jax.grad(bend)(jnp.array([0.3, -0.2])))
    real, own = (_curvature(0.0, [x, 0.0], radius)[0, 0] for x in (distance, radius))
    return lipschitz, -real, own / real


def _indifferent_weight(radius, distance):
    """The weight with which angles 0 and $\\pi$ fit equally well after $\\pi$."""
    gap = lambda w: float(
        _value(np.pi, np.pi, radius, distance, w) - _value(0.0, np.pi, radius, distance, w)
    )
    return optimize.brentq(gap, 1e-3, 1e3, xtol=1e-13)


def _orbit(run, angle):
    angles = [angle]
    for _ in range(150):
        angles.append(float(run(angles[-1])))
    return np.abs(angles)


@proves("ST-A7")
def proofs(digits):
    r"""$w R = d$, and the weight that the general bound $w b < \frac12$ allows."""
    known = {"parameters": ["2", "1"], "digits": digits}
    return {
        "R = 2, d = 1, the flip": certify_root(lambda w, r, d: w * r - d, "0", "4", **known),
        "R = 2, d = 1, the general bound": certify_root(
            lambda w, r, d: w * r / d - 0.5, "0", "4", **known
        ),
    }
