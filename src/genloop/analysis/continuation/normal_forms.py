"""Normal forms of bifurcations: coefficients of the map on its centre manifold."""

from collections.abc import Callable
from typing import NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PyTree

from ...arguments import check_one
from ...printing import readable
from .equations import Family
from .events import BifurcationKind
from .points import Bifurcation

_VANISHING = 1e-6


@readable
class NormalForm(eqx.Module):
    r"""The map on the centre manifold, $\xi$ along the critical eigenvector $v$, $w^\top v = 1$.

    Multiplier $1$: $\xi \mapsto \xi + a\,\xi^2 + c\,\xi^3$, with `quadratic` $a$ and, where $a$
    vanishes, `cubic` $c$. Multiplier $-1$: $\xi \mapsto -\xi + c\,\xi^3$. Multiplier
    $e^{i\theta}$: $\xi \mapsto e^{i\theta} \xi\,(1 + d\,|\xi|^2)$ with `cubic` $\Re d$ [Kuznetsov,
    sections 4 and 5.4]; `size` is the sum of the moduli of the terms of the cubic coefficient.
    `slope` is $w^\top F_p$. The eigenvector has length one in units of $\sum_i |x_i|$. NaN for
    null spaces of several dimensions, and for rotations by a half, third or quarter turn.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    flip = gl.continuation.bifurcation_point("flip", family, jnp.array(0.6), 2.9)
    gl.continuation.normal_form(family, flip).criticality  # supercritical
    ```
    """

    kind: BifurcationKind = eqx.field(static=True)
    multiplicity: int = eqx.field(static=True)
    quadratic: Float[Array, ""]
    cubic: Float[Array, ""]
    size: Float[Array, ""]
    slope: Float[Array, ""]

    def _heading(self) -> str:
        return f"NormalForm: {self.criticality} {self.kind.title}"

    def _printed(self):
        numbers = {"quadratic": self.quadratic, "cubic": self.cubic, "slope": self.slope}
        return {**numbers, "multiplicity": self.multiplicity if self.multiplicity > 1 else None}

    @property
    def criticality(self) -> str:
        """`supercritical` where what is born attracts along the critical direction, `subcritical`
        where it repels; other multipliers may be unstable beside it.

        A crossing of two branches that exchange their stability is `transcritical`, a fold
        `generic`; a coefficient that vanishes makes the point `degenerate`, a null space of several
        dimensions `symmetric`, a rotation by a half, third or quarter turn `resonant`.
        """
        if self.multiplicity > 1:
            return "symmetric"
        if self.kind is BifurcationKind.NEIMARK_SACKER and np.isnan(self.cubic):
            return "resonant"
        # Both sides scale like the square of a reciprocal length: no unit of the state matters.
        square, cubic = float(self.quadratic) ** 2, float(self.cubic)
        quadratic = square > _VANISHING**2 * (float(self.size) + square)
        if self.kind is BifurcationKind.FOLD:
            return "generic" if quadratic else "degenerate"
        crossing = self.kind in (BifurcationKind.BRANCH_POINT, BifurcationKind.PITCHFORK_TIP)
        if crossing and quadratic:
            return "transcritical"
        if not abs(cubic) > _VANISHING * float(self.size):
            return "degenerate"
        flip = self.kind is BifurcationKind.FLIP
        stable = cubic > 0 if flip else cubic < 0
        return "supercritical" if stable else "subcritical"


def normal_form(
    family: Callable[[Float[Array, ""]], Callable[[PyTree], PyTree]], point: Bifurcation
) -> NormalForm:
    """The coefficients at a bifurcation, from the second and third derivatives of the map.

    ```python
    family = lambda p: lambda x: p * x * (1 - x)
    flip = gl.continuation.bifurcation_point("flip", family, jnp.array(0.6), 2.9)
    gl.continuation.normal_form(family, flip).criticality  # supercritical
    ```
    """
    check_one("point", point, Bifurcation)
    return _normal_form(point.kind, family, point)


@eqx.filter_jit
def _normal_form(kind, family, point):
    flat, vector = Family.of(family, point.state, point.period)
    return coefficients(
        kind, flat, vector, point.parameter[None], point.right, point.left, point.angle
    )


def coefficients(
    kind: BifurcationKind,
    family: Family,
    vector: Array,
    parameters: Array,
    right: Array,
    left: Array,
    angle: Array,
) -> NormalForm:
    """The normal form from a state, its parameters and its critical eigenvectors."""
    if right.shape[1] > 1:
        unknown = jnp.full((), jnp.nan)
        return NormalForm(kind, right.shape[1], unknown, unknown, unknown, unknown)
    v, w = normalized(right, left)
    along = jnp.zeros_like(parameters).at[0].set(1.0)
    slope = (w @ jax.jvp(lambda p: family.image(vector, p), (parameters,), (along,))[1]).real
    forms = _Derivatives(family, vector, parameters)
    quadratic = (
        0.5 * w @ forms.second(v, v)
        if kind is not BifurcationKind.NEIMARK_SACKER
        else jnp.zeros(())
    )
    terms = jnp.stack(_cubic_terms(kind, forms, v, w, angle))
    if kind is BifurcationKind.NEIMARK_SACKER:
        turns = jnp.abs(jnp.exp(1j * jnp.arange(1, 5) * angle) - 1)
        # At a strong resonance other terms of the same order decide.
        terms = jnp.where(turns.min() > _VANISHING, terms, jnp.nan)
    return NormalForm(kind, 1, quadratic, terms.sum(), jnp.abs(terms).sum(), slope)


def normalized(right, left) -> tuple[Array, Array]:
    r"""$v$ of length one and $w$ with $w^\top v = 1$."""
    v = right[:, 0] / jnp.linalg.norm(right[:, 0])
    return v, left[:, 0] / (left[:, 0] @ v)


def leading_coefficient(
    kind: BifurcationKind,
    family: Family,
    vector: Array,
    parameters: Array,
    right: Array,
    left: Array,
    angle: Array,
) -> Array:
    """The coefficient that decides: quadratic for a multiplier one, else cubic."""
    v, w = normalized(right, left)
    forms = _Derivatives(family, vector, parameters)
    if kind in (BifurcationKind.FLIP, BifurcationKind.NEIMARK_SACKER):
        return jnp.asarray(sum(_cubic_terms(kind, forms, v, w, angle)))
    return 0.5 * w @ forms.second(v, v)


def _cubic_terms(
    kind: BifurcationKind, forms: "_Derivatives", v: Array, w: Array, angle: Array
) -> list[Array]:
    """The terms of the cubic coefficient on the centre manifold."""
    if kind is BifurcationKind.NEIMARK_SACKER:
        return _rotation(forms, v, w, angle)
    second = forms.second(v, v)
    if kind is BifurcationKind.FLIP:
        middle = forms.solve(second, 1.0)
        return [w @ forms.third(v, v, v) / 6, -w @ forms.second(v, middle) / 2]
    # The centre manifold has no component along v: w^T middle = 0.
    middle = -forms.solve(second - (w @ second) * v, 1.0, (v, w))
    return [w @ forms.third(v, v, v) / 6, w @ forms.second(v, middle) / 2]


def _rotation(forms: "_Derivatives", v: Array, w: Array, angle: Array) -> list[Array]:
    r"""$\Re\{e^{-i\theta}\,[C(v,v,\bar v) + 2 B(v, (I-J)^{-1} B(v, \bar v))
    + B(\bar v, (e^{2i\theta} I - J)^{-1} B(v, v))]\}/2$."""
    straight = -forms.solve(forms.second(v, v.conj()), 1.0)
    turning = -forms.solve(forms.second(v, v), jnp.exp(2j * angle))
    terms = (
        forms.third(v, v, v.conj()),
        2 * forms.second(v, straight),
        forms.second(v.conj(), turning),
    )
    return [0.5 * (jnp.exp(-1j * angle) * (w @ term)).real for term in terms]


class _Derivatives(NamedTuple):
    """Symmetric forms of the derivatives of the map, extended to complex vectors."""

    family: Family
    vector: Array
    parameters: Array

    def second(self, a: Array, b: Array) -> Array:
        """$B(a, b)$."""
        return _bilinear(self._second, a, b)

    def third(self, a: Array, b: Array, c: Array) -> Array:
        """$C(a, b, c)$."""
        return _trilinear(self._third, a, b, c)

    def solve(self, vector, shift, border=None) -> Array:
        r"""$(J - \sigma I)^{-1} y$, in the complement of an eigenvector where there is one."""
        operator = self.family.jacobian(self.vector, self.parameters)
        v, w = (jnp.zeros_like(vector), jnp.zeros_like(vector)) if border is None else border
        corner = jnp.eye(1) if border is None else jnp.zeros((1, 1))
        right_side = vector[:, None], jnp.zeros((1, 1))
        solution, _ = operator.bordered_solve(
            (v[:, None], w[None], corner), right_side, shift=shift
        )
        return solution[:, 0]

    def _image(self, x):
        return self.family.image(x, self.parameters)

    def _second(self, a, b):
        first = lambda x: jax.jvp(self._image, (x,), (a,))[1]
        return jax.jvp(first, (self.vector,), (b,))[1]

    def _third(self, a, b, c):
        first = lambda x: jax.jvp(self._image, (x,), (a,))[1]
        second = lambda x: jax.jvp(first, (x,), (b,))[1]
        return jax.jvp(second, (self.vector,), (c,))[1]


def _bilinear(form: Callable, a: Array, b: Array) -> Array:
    if not (jnp.iscomplexobj(a) or jnp.iscomplexobj(b)):
        return form(a, b)
    real = form(a.real, b.real) - form(a.imag, b.imag)
    return real + 1j * (form(a.real, b.imag) + form(a.imag, b.real))


def _trilinear(form: Callable, a: Array, b: Array, c: Array) -> Array:
    if not any(map(jnp.iscomplexobj, (a, b, c))):
        return form(a, b, c)
    inner = lambda part: _bilinear(lambda b, c: form(part, b, c), b, c)
    return inner(a.real) + 1j * inner(a.imag)
