"""Zonal polynomials, exactly, in products of power sums."""

import collections
import functools
import math
from fractions import Fraction

Partition = tuple[int, ...]
Coefficients = dict[Partition, Fraction]


@functools.cache
def partitions(order: int) -> tuple[Partition, ...]:
    """The partitions of a whole number, in decreasing lexicographic order.

    ```python
    gl.laws.zonal.partitions(3)  # ((3,), (2, 1), (1, 1, 1))
    ```
    """

    def below(rest, most):
        if rest == 0:
            yield ()
        for first in range(min(rest, most), 0, -1):
            for others in below(rest - first, first):
                yield (first, *others)

    return tuple(below(order, order))


@functools.cache
def zonal_polynomials(order: int) -> dict[Partition, Coefficients]:
    r"""$C_\kappa = \sum_\mu z_{\kappa \mu} p_\mu$, $p_\mu(\Sigma) = \prod_i \operatorname{tr}
    \Sigma^{\mu_i}$, for the partitions $\kappa$ and $\mu$ of `order` $k$.

    Normalised to $\sum_\kappa C_\kappa(\Sigma) = (\operatorname{tr} \Sigma)^k$ (James 1968: the
    eigenfunctions of the Laplace-Beltrami operator).

    ```python
    gl.laws.zonal.zonal_polynomials(2)[(1, 1)]  # {(2,): -2/3, (1, 1): 2/3}
    ```
    """
    monomials = _in_monomials(order)
    inverse = _inverse({mu: _power_sum(mu) for mu in partitions(order)}, partitions(order))
    found = {}
    for kappa, coefficients in monomials.items():
        found[kappa] = {
            mu: sum((c * inverse[form].get(mu, Fraction(0)) for form, c in coefficients.items()))
            for mu in partitions(order)
        }
    return found


def _in_monomials(order: int) -> dict[Partition, Coefficients]:
    """In monomial symmetric functions, from the largest partition down."""
    found: dict[Partition, Coefficients] = {}
    for kappa in partitions(order):
        several = math.factorial(order) // math.prod(map(math.factorial, kappa))
        leading = several - sum(c.get(kappa, Fraction(0)) for c in found.values())
        coefficients = {kappa: Fraction(leading)}
        for lower in partitions(order)[partitions(order).index(kappa) + 1 :]:
            total = sum(
                step * coefficients.get(upper, Fraction(0)) for upper, step in _raised(lower)
            )
            coefficients[lower] = Fraction(total) / (_level(kappa) - _level(lower) or 1)
        found[kappa] = coefficients
    return found


def _level(partition: Partition) -> int:
    r"""$\rho = \sum_i \kappa_i (\kappa_i - i)$: its differences are those of the eigenvalues."""
    return sum(part * (part - i) for i, part in enumerate(partition, 1))


def _raised(partition: Partition):
    """Every partition with a part moved up, and the difference of the two parts then."""
    for i in range(len(partition)):
        for j in range(i + 1, len(partition)):
            for moved in range(1, partition[j] + 1):
                parts = list(partition)
                parts[i], parts[j] = parts[i] + moved, parts[j] - moved
                yield _sorted(parts), parts[i] - parts[j]


def _power_sum(partition: Partition) -> Coefficients:
    """A product of power sums in monomial symmetric functions."""
    product: Coefficients = {(): Fraction(1)}
    for power in partition:
        longer: Coefficients = collections.defaultdict(Fraction)
        for form, coefficient in product.items():
            for part in {*form, 0}:
                parts = list(form)
                if part:
                    parts.remove(part)
                raised = _sorted([*parts, part + power])
                longer[raised] += coefficient * raised.count(part + power)
        product = dict(longer)
    return product


def _inverse(rows: dict[Partition, Coefficients], basis) -> dict[Partition, Coefficients]:
    """The inverse of a triangular matrix: every row has no entries after its own partition."""
    inverse: dict[Partition, Coefficients] = {}
    for form in basis:
        entries = {form: Fraction(1)}
        for other, coefficient in rows[form].items():
            if other != form:
                for target, value in inverse[other].items():
                    entries[target] = entries.get(target, Fraction(0)) - coefficient * value
        inverse[form] = {key: value / rows[form][form] for key, value in entries.items()}
    return inverse


def _sorted(parts) -> Partition:
    return tuple(sorted((part for part in parts if part), reverse=True))
