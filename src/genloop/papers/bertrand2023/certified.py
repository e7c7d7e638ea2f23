"""Certificates of the thresholds of biased sampling: `genloop verify --certify`."""

from ...certificates import certify_root
from ...theorems import certificates


@certificates("ST-A12")
def exploding_variance(digits):
    r"""$q T = 1$ in the temperature and in the real fraction."""
    level = lambda a, t: (1 - a) * t - 1
    return {
        "a = 0.3, temperature": certify_root(
            lambda t, a: level(a, t), "1", "2", parameters=["0.3"], digits=digits
        ),
        "T = 1.3, real fraction": certify_root(level, "0", "1", parameters=["1.3"], digits=digits),
    }
