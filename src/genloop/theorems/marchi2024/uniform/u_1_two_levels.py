r"""U-1: With uniform real data a fixed point has at most two levels, and one for $T \ge 1$."""

import itertools

import numpy as np

from ....loops.temperature.closed_forms import many_outcomes
from ....verification import closed_form, theorem


@theorem(
    spec="U-1",
    paper="marchi2024",
    status="derived",
    hypotheses=("uniform real data", "0 < a <= 1", "infinite data"),
    claim=many_outcomes.largest_level_count,
    mutants={
        "three levels below temperature one": lambda *, temperature: 3 if temperature < 1 else 1,
        "two levels above temperature one": lambda *, temperature: 2,
        "only the uniform state": lambda *, temperature: 1,
    },
)
def two_levels(claim, trial):
    r"""With uniform real data a fixed point has at most two levels, and one for $T \ge 1$.

    Its probabilities are positive zeros of $h(x) = x - c\,x^b - a/K$: for $b > 1$ that is
    concave, so there are at most two; for $b \le 1$ it has one. Hence the uniform state, and for
    $T < 1$ states of $m$ winners $\frac{\rho}{m \rho + K - m}$ and $K - m$ losers
    $\frac1{m \rho + K - m}$, $\rho > 1$.
    """
    for temperature in (0.2, 0.5, 0.9, 1.0, 1.6, 3.0):
        zeros = trial.once(f"zeros {temperature}", lambda t=temperature: _most_zeros(t))
        expected = claim(temperature=temperature)
        yield closed_form(f"most zeros over a and c, T = {temperature}", expected, zeros)
    found = trial.once("search", lambda: {t: _levels_by_newton(t) for t in (0.5, 0.8, 1.5)})
    for temperature, counts in found.items():
        expected = claim(temperature=temperature)
        name = f"most levels of what Newton's method finds, T = {temperature}"
        yield closed_form(name, expected, max(counts))


def _most_zeros(temperature):
    """The most sign changes of h over a grid of its constants."""
    x = np.geomspace(1e-9, 1, 4001)
    most = 0
    for c, real in itertools.product(np.geomspace(1e-3, 30, 40), np.geomspace(1e-6, 0.5, 30)):
        positive = x - c * x ** (1 / temperature) - real > 0
        most = max(most, int((positive[1:] != positive[:-1]).sum()))
    return most


def _levels_by_newton(temperature, outcomes=5):
    """The number of different probabilities of the fixed points that random starts lead to."""
    generator, fraction = np.random.default_rng(5), 0.9 * (1 - temperature % 1)
    x = generator.dirichlet(np.full(outcomes, 0.7), size=400) + 1e-3
    x /= x.sum(axis=1, keepdims=True)
    eye = np.eye(outcomes)
    for _ in range(60):
        power = x ** (1 / temperature)
        s = power / power.sum(axis=1, keepdims=True)
        slope = s[:, :, None] * (eye - s[:, None]) / x[:, None] * (1 - fraction) / temperature
        residual = fraction / outcomes + (1 - fraction) * s - x
        step = np.linalg.solve(eye - slope, residual[..., None])[..., 0]
        shrink = np.minimum(1.0, 0.5 / (np.abs(step / x).max(axis=1, keepdims=True) + 1e-9))
        x = x + shrink * step
    gaps = np.diff(np.sort(x[np.abs(residual).max(axis=1) < 1e-12]), axis=1)
    return 1 + (gaps > 1e-6).sum(axis=1)
