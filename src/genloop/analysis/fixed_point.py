"""Fixed points of a map on a pytree, each with its residual and its stability."""

import dataclasses
from collections.abc import Callable, Iterable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optimistix as optx
from jax.flatten_util import ravel_pytree
from jax.lax import stop_gradient
from jaxtyping import Array, Bool, Complex, Float, PyTree

from .jacobian import is_double, linearize
from .norms import distance, maximum_norm
from .operators import AbstractJacobian

_FIRST_STRIDE = 0.125
_SMALLEST_STRIDE = 1e-4
_MAXIMUM_STEPS = 200
_ITERATES = 16
_LONGEST_ORBIT = 4000
_LARGEST_PROBE = 1e-4
_NEAR = 0.1


class FixedPoint(eqx.Module):
    r"""A state with $F(x) = x$, as found, and what is known of its stability.

    `state` the point and `residual` the distance of $F(x)$ from $x$ in the units of the state: the
    method `separation` of the state where it has one (relative for every probability, free of units
    for a Gaussian), else $\max_i |F(x)_i - x_i|$ as a share of the largest number in the state, its
    image and the start. `spectral_radius` is the largest modulus of the multipliers and
    `uncertainty` how far it may be off, because the state is known to about the residual divided by
    one minus a multiplier only. `stable` and `unstable` are claimed beyond that; where neither is,
    the derivative does not decide. `result` is why the search stopped.

    A search that failed has `converged`, `stable` and `unstable` false, and its state, radius and
    multipliers are NaN, with derivatives NaN: only the residual says how near it came.
    """

    state: PyTree
    residual: Float[Array, ""]
    spectral_radius: Float[Array, ""]
    uncertainty: Float[Array, ""]
    result: optx.RESULTS
    jacobian: AbstractJacobian

    @property
    def converged(self) -> Bool[Array, ""]:
        """Whether the residual met the tolerance at a valid state."""
        return self.result == optx.RESULTS.successful

    @property
    def stable(self) -> Bool[Array, ""]:
        """Whether all multipliers are less than one in modulus, beyond the uncertainty."""
        return self.converged & (self.spectral_radius + self.uncertainty < 1)

    @property
    def unstable(self) -> Bool[Array, ""]:
        """Whether some multiplier is greater than one in modulus, beyond the uncertainty."""
        infinite = self.spectral_radius == jnp.inf
        return self.converged & (infinite | (self.spectral_radius - self.uncertainty > 1))

    @property
    def stability(self) -> str:
        """In a word: "stable", "unstable", "undecided" or "not found"."""
        if not bool(self.converged):
            return "not found"
        if bool(self.stable):
            return "stable"
        return "unstable" if bool(self.unstable) else "undecided"

    @property
    def reason(self) -> str | None:
        """Why there is no state, or no verdict on its stability; `None` where there are both."""
        if not bool(self.converged):
            return f"the search ended at a residual of {float(self.residual):.1e}"
        if self.stability == "undecided":
            radius, error = float(self.spectral_radius), float(self.uncertainty)
            return (
                f"the spectral radius is {radius:.12g}, known to about {error:.0e}: one or nearly"
            )
        return None

    @property
    def multipliers(self) -> Float[Array, " k"] | Complex[Array, " k"]:
        """All eigenvalues of the derivative, largest modulus first."""
        return self.jacobian.multipliers() * jnp.where(self.converged, 1.0, jnp.nan)


def fixed_point(
    map: Callable[[PyTree], PyTree],
    start: PyTree,
    *,
    tolerance: float = 1e-12,
    valid: Callable[[PyTree], Bool[Array, ""]] | None = None,
) -> FixedPoint:
    r"""The fixed point that continues `start` as the map is switched on.

    Newton's method on $x = (1 - s)\,x_0 + s\,F(x)$ follows the branch from $s = 0$ to $1$ in steps
    that adapt, then refines with damping inside the domain. Started at the real distribution of a
    loop, $s$ sweeps the real fraction down from one: the answer is the healthy branch while it
    exists and attracts. Where it does not, the orbit of `start` under the map is followed first, so
    that the answer is where the loop ends up (a start that is itself a repelling point stays).

    `valid(state)` tells the domain; states with a method `valid()` bring their own. The state has
    exact first and second derivatives in everything the map closes over (implicit function
    theorem). Never raises for a mathematical outcome: read `result`. Raises `ValueError` for
    float32 states, whose rounding is above the tolerance.
    """
    start = _checked(start, tolerance)
    return _fixed_point(map, start, tolerance, valid or _own_domain, jnp.array(True))


def _checked(start, tolerance):
    """The start with its plain numbers as arrays, so that they are traced."""
    array = lambda leaf: jnp.asarray(leaf) if isinstance(leaf, float | int) else leaf
    start = jax.tree.map(array, start)
    if not is_double(start) and tolerance < 1e-6:
        raise ValueError(
            f"a residual of {tolerance:g} needs float64 states; work inside `with genloop.x64():` "
            "or set jax_enable_x64."
        )
    leaves = [jnp.asarray(leaf) for leaf in jax.tree.leaves(start)]
    if not leaves:
        raise ValueError("a state needs at least one number; give the state to start from.")
    if not any(jnp.issubdtype(leaf.dtype, jnp.floating) for leaf in leaves):
        raise ValueError(
            f"a search starts at floating-point numbers, got {leaves[0].dtype}; write 1.0 for 1."
        )
    if not is_double(start) and jnp.result_type(float) == jnp.float64:
        raise ValueError(
            "the state is in single precision and the map in double precision; convert the state "
            "with jax.numpy.asarray(state, float)."
        )
    return start


def _check_map(map, start):
    """A map in JAX from states to states of the same shapes."""
    if not callable(map):
        raise ValueError(
            f"a map is a loop or a function of a state, got {type(map).__name__}; the map comes "
            "first, then the state."
        )
    try:
        image = eqx.filter_eval_shape(map, start)
    except (jax.errors.ConcretizationTypeError, jax.errors.TracerArrayConversionError):
        raise ValueError(
            "the map cannot be traced by JAX: write it with jax.numpy (jax.numpy.cos, not "
            "math.cos or numpy.cos) and jax.numpy.where instead of if."
        ) from None
    shapes = lambda tree: [jnp.shape(leaf) for leaf in jax.tree.leaves(tree)]
    if shapes(image) != shapes(start):
        raise ValueError(
            f"the map must return a state of the shape of its input, {_shown(shapes(start))}, got "
            f"{_shown(shapes(image))}."
        )
    kinds = lambda tree: jnp.result_type(*(leaf.dtype for leaf in jax.tree.leaves(tree)))
    own, other = kinds(jax.tree.map(jnp.asarray, start)), kinds(image)
    if own != other:
        raise ValueError(f"the map turns numbers of type {own} into {other}; convert its result.")


def _shown(shapes):
    return str(shapes[0]) if len(shapes) == 1 else str(shapes)


@eqx.filter_jit
def _fixed_point(map, start, tolerance, valid, continued):
    _check_map(map, start)
    origin, unravel = ravel_pytree(start)
    evaluate = lambda x: ravel_pytree(map(unravel(x)))[0]
    inside = lambda x: valid(unravel(x)) & jnp.isfinite(x).all()

    def newton(x, share=1.0):
        residual = (1 - share) * origin + share * evaluate(x) - x
        return x + linearize(map, unravel(x)).newton_step(residual, share)

    gap = _gap(start, stop_gradient(maximum_norm((origin, evaluate(origin)))))
    # A gap that is not finite counts as infinite, never as zero.
    size = lambda x: maximum_norm(gap(unravel(x), unravel(evaluate(x))))

    search = _Search(evaluate, newton, inside, size, stop_gradient(origin), tolerance)
    linear = lambda x: linearize(map, unravel(x))
    repels = lambda x: linear(x).spectral_radius() >= 1
    found, converged = stop_gradient(search(continued, repels))
    # Two steps from a converged point carry the first and second implicit derivatives, and that of
    # the inverse is not needed: it would be divided by the square of one minus a multiplier.
    operator = _constant(linear(found))
    step = lambda _, x: x + operator.newton_step(evaluate(x) - x)
    polished = jax.lax.fori_loop(0, 2, step, found)
    keep = converged & inside(polished) & (size(polished) <= tolerance)
    state = jnp.where(keep, polished, found)
    residual = size(state)
    operator = linearize(map, unravel(state))
    radius = operator.spectral_radius()
    converged = converged & (residual <= tolerance) & inside(state)
    result = optx.RESULTS.where(
        converged, optx.RESULTS.successful, optx.RESULTS.nonlinear_max_steps_reached
    )
    fixed = stop_gradient(state)
    uncertainty = _uncertainty(evaluate, linear, inside, fixed, stop_gradient(radius))
    # A product, not a choice: the derivatives of what was not found are NaN as well.
    known = jnp.where(converged, 1.0, jnp.nan)
    settled = getattr(unravel(state), "normalised", lambda: unravel(state))()
    return FixedPoint(
        jax.tree.map(lambda leaf: leaf * known.astype(leaf.dtype), settled),
        residual,
        radius * known,
        uncertainty * known,
        result,
        operator,
    )


def _constant(operator: AbstractJacobian) -> AbstractJacobian:
    """The operator without derivatives in what it is made of."""
    numbers, rest = eqx.partition(operator, eqx.is_inexact_array)
    return eqx.combine(stop_gradient(numbers), rest)


def _gap(start, scale):
    """How far two states are apart: in their own units, or as a share of the numbers in them."""
    if hasattr(start, "separation"):
        return lambda x, y: x.separation(y)

    def relative(x, y):
        largest = jnp.maximum(maximum_norm((x, y)), jnp.where(jnp.isfinite(scale), scale, 0.0))
        return distance(x, y) / jnp.where(largest > 0, largest, 1.0)

    return relative


def _uncertainty(evaluate, linear, inside, x, radius):
    r"""How far the spectral radius may be off at a state that is known to a residual only.

    It is taken again at $x + (I - J)^{-1} g$, where $g$ has the size of the residual and of the
    rounding of the state and no symmetry. At a multiple root Newton's step is at least $1/m$ of the
    way and moves the radius by more than a third of its distance from one, hence the factor.
    """
    step = _probe(evaluate, linear, x)
    # On the other side where this one has no states.
    moved = jnp.where(inside(x + step), x + step, x - step)
    change = jnp.abs(linear(moved).spectral_radius() - radius)
    change = jnp.where(jnp.isfinite(change), change, jnp.inf)
    own = 8 * x.size**0.5 * jnp.finfo(x.dtype).eps * (1 + radius)
    return jnp.where(jnp.isfinite(radius), 4 * change + own, jnp.inf)


@dataclasses.dataclass(frozen=True)
class _Search:
    """Where Newton's method starts, and how it is kept from running away."""

    evaluate: Callable
    newton: Callable
    inside: Callable
    size: Callable
    origin: Array
    tolerance: float

    def __call__(self, continued, repels):
        def attempt(carry):
            first, orbit = carry[3] == 0, carry[3] == 1
            x, ended = self.switched_on(continued & first)
            x = self.followed(x, orbit | ended)
            x, residual = self.refined(x)
            converged = (residual <= self.tolerance) & self.inside(x)
            # A second attempt that fails leaves the repelling point of the first.
            x = jnp.where(first | converged, x, carry[0])
            converged = converged | carry[1]
            return x, converged, ~converged | repels(x), carry[3] + 1

        attempts = jnp.where(continued, 2, 1)
        unfinished = lambda carry: carry[2] & (carry[3] < attempts)
        no, yes = jnp.array(False), jnp.array(True)
        return jax.lax.while_loop(unfinished, attempt, (self.origin, no, yes, 0))[:2]

    def switched_on(self, wanted):
        """The end of the branch from the origin, and whether that came before the whole map."""

        def switch_on(carry):
            x, share, stride = carry
            aim = jnp.minimum(1.0, share + stride)
            once = self.newton(x, aim)
            twice = self.newton(once, aim)
            change, rest = maximum_norm(once - x), maximum_norm(twice - once)
            # A step counts only if Newton's corrections shrink tenfold: no jumps between branches.
            accept = self.inside(once) & self.inside(twice) & (rest <= 0.1 * change + 1e-14)
            return (
                jnp.where(accept, twice, x),
                jnp.where(accept, aim, share),
                jnp.where(accept, 1.5 * stride, 0.5 * stride),
            )

        going_on = lambda carry: (carry[1] < 1) & (carry[2] > _SMALLEST_STRIDE)
        begin = (self.origin, jnp.where(wanted, 0.0, 1.0), _FIRST_STRIDE)
        x, share, _ = jax.lax.while_loop(going_on, switch_on, begin)
        return x, share < 1

    def followed(self, x, wanted):
        """The orbit of `x` until it rests, or `x` itself where that is not wanted."""
        going_on = lambda carry: (carry[1] > 1e-10) & (carry[2] < _LONGEST_ORBIT)
        follow = lambda carry: (self.evaluate(carry[0]), self.size(carry[0]), carry[2] + 1)
        begin = (x, jnp.where(wanted, jnp.inf, 0.0), 0)
        followed = jax.lax.while_loop(going_on, follow, begin)[0]
        return jnp.where(self.inside(followed), followed, self.origin)

    def refined(self, x):
        """Damped Newton; where no damping helps, a stretch of the orbit."""

        def improve(carry):
            x, residual, damping, count = carry
            moved = x + damping * (self.newton(x) - x)
            moved_residual = jnp.where(self.inside(moved), self.size(moved), jnp.inf)
            accept = moved_residual < residual
            stuck = ~accept & (damping < 1e-2)
            iterates = jnp.where(stuck, _ITERATES, 0)
            iterated = jax.lax.fori_loop(0, iterates, lambda _, y: self.evaluate(y), x)
            x = jnp.where(accept, moved, iterated)
            residual = jnp.where(accept, moved_residual, self.size(x))
            damping = jnp.where(accept, jnp.minimum(1.0, 4 * damping), damping / 4)
            return x, residual, jnp.where(stuck, 1.0, damping), count + 1

        unfinished = lambda carry: (carry[1] > self.tolerance) & (carry[3] < _MAXIMUM_STEPS)
        begin = (x, self.size(x), jnp.ones(()), 0)
        return jax.lax.while_loop(unfinished, improve, begin)[:2]


def _probe(evaluate, linear, x):
    """How far a fixed point may be from a state, by its residual and rounding."""
    image = evaluate(x)
    size = jnp.abs(image - x) + 4 * jnp.finfo(x.dtype).eps * (jnp.abs(image) + jnp.abs(x))
    signs = jnp.asarray(np.random.default_rng(0).choice([-1.0, 1.0], x.size), x.dtype)
    step = stop_gradient(linear(x).newton_step(signs * size))
    largest = _LARGEST_PROBE * jnp.abs(x).max()
    return jnp.where(jnp.isfinite(step), jnp.clip(step, -largest, largest), largest)


def _own_domain(state):
    own = getattr(state, "valid", None)
    return jnp.ones((), bool) if own is None else own()


def fixed_points(
    map: Callable[[PyTree], PyTree],
    starts: Iterable[PyTree],
    *,
    tolerance: float = 1e-12,
    separation: float = 1e-7,
    valid: Callable[[PyTree], Bool[Array, ""]] | None = None,
) -> list[FixedPoint]:
    r"""All fixed points found from many starts, each once, stable ones first.

    From every start the map is switched on as in `fixed_point`, and Newton's method is also tried
    directly, which finds repelling points nearby. Two points closer than `separation` count as one,
    and so do neighbours where everything between them meets the tolerance as well: at a multiple
    root every search ends at another of its states. Searches that did not converge are left out:
    what is returned is found, not guessed. Distances and errors as in `fixed_point`.
    """
    found: list[FixedPoint] = []
    inside = valid or _own_domain
    for start in starts:
        start = _checked(start, tolerance)
        for continued in (True, False):
            flag = jnp.array(continued)
            point = _fixed_point(map, start, tolerance, inside, flag)
            if not bool(point.converged):
                continue
            limits = tolerance, separation
            if not any(bool(_same(map, point.state, other.state, limits)) for other in found):
                found.append(point)
    return sorted(found, key=lambda point: (not bool(point.stable), bool(point.unstable)))


@eqx.filter_jit
def _same(map, left, right, limits):
    """Whether two fixed points are one, as far as the tolerance can tell."""
    tolerance, separation = limits
    (x, unravel), (y, _) = ravel_pytree(left), ravel_pytree(right)
    gap = _gap(left, 0.0)
    apart = maximum_norm(gap(left, right))

    def residual(share):
        between = unravel((1 - share) * x + share * y)
        return maximum_norm(gap(between, map(between)))

    evaluate = lambda z: ravel_pytree(map(unravel(z)))[0]
    linear = lambda z: linearize(map, unravel(z))
    reach = lambda z: maximum_norm(_probe(evaluate, linear, z))
    within = maximum_norm(x - y) <= 4 * (reach(x) + reach(y))
    # Two distinct roots have a residual between them, a multiple root has none.
    between = jax.lax.map(residual, jnp.linspace(0.0, 1.0, 9)[1:-1])
    level = (between <= tolerance).all()
    return (apart < separation) | ((apart < _NEAR) & (within | level))
