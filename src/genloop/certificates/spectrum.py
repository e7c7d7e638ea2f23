r"""Rigorous bounds of a spectral radius by repeated squaring."""

from .balls import flint, precision
from .program import CannotCertify


def spectral_bounds(rows, *, bits: int, squarings: int = 44, gap: float = 1e-9) -> tuple:
    r"""Bounds $\underline\rho \le \rho(A) \le \overline\rho$ for every matrix $A$ in the balls.

    For every $N = 2^k$: $\rho(A) \le \|A^N\|^{1/N}$ for any matrix norm, and
    $|\operatorname{tr} A^N| = |\sum_i \lambda_i^N| \le n\,\rho(A)^N$. Multiple and defective
    eigenvalues are as good as others. The squares stop when both bounds agree to `gap`, or when
    rounding or the width of the balls no longer lets them come closer. Returns the lower bound, the
    upper bound and the number of squarings behind it.
    """
    with precision(bits):
        power = flint.arb_mat(rows)
        size = power.nrows()
        lower, best = flint.arb(0), None
        for count in range(squarings + 1):
            trace = (abs(power.trace()) / size).lower()
            if trace > 0:
                lower = lower.max(_root(trace, count).lower())
            # The norm costs more than the square.
            if count % 3 == 0:
                norm = _norm(power)
                above = _root(norm, count).upper()
                if not norm.is_finite() or (best and not above - lower < best[1] - best[0]):
                    break
                best = lower, above, count
                if above - lower <= gap * above:
                    break
            power = power * power
        if best is None:
            raise CannotCertify("the derivative is not finite in the box")
        return best


def _norm(matrix):
    r"""The smaller of $\max_i \sum_j |a_{ij}|$ and $\max_j \sum_i |a_{ij}|$, from above."""
    largest = []
    for lines in (matrix.table(), matrix.transpose().table()):
        sums = [_total(line) for line in lines]
        top = sums[0]
        for value in sums[1:]:
            top = top.max(value)
        largest.append(top.upper())
    return largest[0].min(largest[1])


def _total(line):
    total = flint.arb(0)
    for value in line:
        total = total + abs(value)
    return total


def _root(number, count):
    r"""$x^{1/2^k}$."""
    if number == 0:
        return number
    return (number.log() / flint.arb(2) ** count).exp()
