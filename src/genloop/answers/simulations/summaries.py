"""Statistics of many runs, summarised as the runs come: memory does not grow with their number."""

import numpy as np

KEPT = 2**26
"""The most numbers (512 MiB) of single runs that are kept for quantiles."""


def runs_kept(replicates: int, generations: int, statistics: int) -> int:
    """The number of runs the quantiles are of: all of them where memory allows, else the first."""
    return min(replicates, max(2, KEPT // (generations * statistics)))


class Summary:
    """Mean and standard error of all runs, quantiles of the first `kept`, in every generation."""

    def __init__(self, kept: int):
        self._kept, self._runs = kept, []
        self._count, self._held = 0, 0
        self._mean = self._square = 0.0

    def add(self, runs: np.ndarray) -> None:
        r"""Pool $n'$ more runs: $\bar x + \delta n'/N$ and $M + M' + \delta^2 n n'/N$."""
        count, mean = len(runs), runs.mean(axis=0)
        gap, total = mean - self._mean, self._count + count
        square = ((runs - mean) ** 2).sum(axis=0)
        self._square = self._square + square + gap**2 * (self._count * count / total)
        self._mean = self._mean + gap * (count / total)
        self._count = total
        first = runs[: self._kept - self._held]
        if len(first):
            self._runs.append(first)
            self._held += len(first)

    def numbers(self) -> dict[str, np.ndarray]:
        """`mean`, `standard_error`, `low`, `middle` and `high` (5 %, 50 %, 95 %)."""
        quantiles = np.quantile(np.concatenate(self._runs), [0.05, 0.5, 0.95], axis=0)
        error = np.sqrt(self._square / (self._count - 1) / self._count)
        found = {"mean": self._mean, "standard_error": error}
        return found | dict(zip(("low", "middle", "high"), quantiles, strict=True))
