"""Certificates of the bound on the synthetic share: `genloop verify --certify`."""

from ...certificates import certify_root
from ...verification import certificates

_POOL = 100


@certificates("CA-A1b")
def largest_share(digits):
    r"""$q^2 = (N - 1)/N$: the synthetic share at which the moments stop being bounded."""
    return {
        f"N = {_POOL}, synthetic share": certify_root(
            lambda q, n: q**2 * n - (n - 1), "1/2", "1", parameters=[str(_POOL)], digits=digits
        )
    }
