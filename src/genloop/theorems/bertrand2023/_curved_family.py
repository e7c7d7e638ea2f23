"""A small family of distributions whose likelihood is maximised numerically, without formulas.

It shares no code with models and stages: ten outcomes, plain NumPy, Newton's method on the
likelihood, derivatives by the complex step.
"""

import dataclasses

import numpy as np

_OUTCOMES = np.arange(10) / 9
_STATISTICS = np.stack([_OUTCOMES, _OUTCOMES**2, _OUTCOMES**3], axis=-1)
# Two far peaks: no member of the family is like this.
REAL = np.array([0.3, 0.1, 0.02, 0.01, 0.01, 0.02, 0.04, 0.1, 0.15, 0.25])


@dataclasses.dataclass(frozen=True)
class CurvedFamily:
    r"""$p_\theta(x) \propto \exp(\theta_1 x + \theta_2 x^2 + c\,\theta_1 \theta_2 x^3)$.

    On ten points $x$. An exponential family for `curvature` $c = 0$, a curved one else.
    """

    curvature: float = 0.0

    def probabilities(self, theta):
        """The ten probabilities at the two parameters."""
        natural = np.array([theta[0], theta[1], self.curvature * theta[0] * theta[1]])
        weights = np.exp(_STATISTICS @ natural)
        return weights / weights.sum()

    def mean(self, probabilities):
        """The mean parameters of the exponential family."""
        return probabilities @ _STATISTICS[:, :2]

    def score(self, theta, weights):
        r"""$\nabla_\theta \sum_x w(x) \log p_\theta(x)$."""
        slope = np.array([[1, 0], [0, 1], self.curvature * np.array([theta[1], theta[0]])])
        gap = weights @ _STATISTICS - weights.sum() * (self.probabilities(theta) @ _STATISTICS)
        return gap @ slope

    def hessian(self, theta, weights):
        """The derivative of the score."""
        return derivative(lambda t: self.score(t, weights), theta)

    def fit(self, weights, start):
        """The parameters of largest likelihood of weighted outcomes, by Newton's method."""
        theta = start
        for _ in range(30):
            theta = theta - np.linalg.solve(
                self.hessian(theta, weights), self.score(theta, weights)
            )
        return theta

    def retrain(self, theta, synthetic_weight, temperature=1.0):
        """One generation: real data and the weighted law of what is sampled at a temperature."""
        return self.fit(REAL + synthetic_weight * self.sampled(theta, temperature), theta)

    def sampled(self, theta, temperature):
        """The law at temperature $T$, proportional to the power $1/T$ of the model."""
        weights = self.probabilities(theta) ** (1 / temperature)
        return weights / weights.sum()


def derivative(function, point):
    r"""The matrix $\partial f_i/\partial x_j = \Im f_i(x + i \epsilon e_j)/\epsilon$."""
    step = 1e-30
    columns = [function(point + 1j * step * unit).imag / step for unit in np.eye(point.size)]
    return np.stack(columns, axis=-1)
