"""The expected squares of a Gaussian loop: a second closed recursion that composes like the first.

Everything here is arithmetic, so that it holds for exact numbers, symbols and traced arrays alike.
"""

from typing import Any, ClassVar, Self

import equinox as eqx
import numpy as np

from ..printing import readable
from .ellipsoid import share_of_variance
from .gaussian import Gaussian
from .model import check_same_family, is_concrete


@readable
class GaussianSquareMoments(eqx.Module):
    r"""Seven expectations of a loop of Gaussians that its stages carry on exactly [ST-B6].

    With $\delta = L_0^{-1} (\mu_t - \mu_0)$ and $S = L_0^{-1} \Sigma_t L_0^{-\top}$ in the
    coordinates in which the `reference` $N(\mu_0, L_0 L_0^\top)$ is $N(0, I_d)$:
    $E|\delta|^2$, $E \operatorname{tr} S$, $E|\delta|^4$, $E|\delta|^2 \operatorname{tr} S$,
    $E\,\delta^\top S \delta$, $E(\operatorname{tr} S)^2$ and $E \operatorname{tr} S^2$.

    Draws from the models and from real data are Gaussian, and real data come from the reference
    (`mix` raises `ValueError` for any other); the law of the start is free.

    ```python
    real = gl.Gaussian.of([0.0, 0.0], [[1.0, 0.5], [0.5, 2.0]])
    gl.models.GaussianSquareMoments.of(real).draw(10).square_trace  # 2.16
    ```
    """

    has_flow: ClassVar[bool] = True

    reference: Gaussian
    error: Any
    trace: Any
    error_square: Any
    error_trace: Any
    alignment: Any
    trace_square: Any
    square_trace: Any

    @classmethod
    def of(cls, reference: Gaussian, start: Gaussian | None = None) -> Self:
        """The numbers of a start that is known, by default the reference itself.

        Raises `ValueError` where the two differ in dimension.
        """
        start = reference if start is None else start
        check_same_family(reference, start, "dimensions", "dimension")
        root, mean, factor = (
            np.asarray(part) for part in (reference.factor, reference.mean, start.factor)
        )
        shift = np.linalg.solve(root, np.asarray(start.mean) - mean)
        spread = np.linalg.solve(root, factor)
        spread = spread @ spread.T
        error, trace = shift @ shift, np.trace(spread)
        squares = error**2, error * trace, shift @ spread @ shift, trace**2, (spread**2).sum()
        return cls(reference, *(float(number) for number in (error, trace, *squares)))

    @property
    def dimension(self) -> int:
        """The number of dimensions $d$."""
        return self.reference.dimension

    @property
    def numbers(self) -> tuple[Any, ...]:
        """The seven expectations in the order of the fields."""
        return (
            self.error,
            self.trace,
            self.error_square,
            self.error_trace,
            self.alignment,
            self.trace_square,
            self.square_trace,
        )

    def _with(self, *numbers) -> "GaussianSquareMoments":
        return GaussianSquareMoments(self.reference, *numbers)

    def temper(self, temperature) -> "GaussianSquareMoments":
        r"""$S \to T S$."""
        once, twice = temperature, temperature * temperature
        scales = 1, once, 1, once, once, twice, twice
        return self._with(*(c * x for c, x in zip(scales, self.numbers, strict=True)))

    def inside(self, mass) -> "GaussianSquareMoments":
        r"""$S \to \tau(c)\,S$, as in `GaussianMoments`."""
        return self.temper(share_of_variance(mass, self.dimension))

    def unbias(self, samples) -> "GaussianSquareMoments":
        r"""$S \to S\,n/(n - 1)$."""
        return self.temper(samples / (samples - 1))

    def draw(self, samples) -> "GaussianSquareMoments":
        r"""$\delta \to \delta + L z/\sqrt n$ and $S \to L W L^\top/n$, $W \sim W_d(I, n - 1)$.

        By $E|L z|^4 = (\operatorname{tr} S)^2 + 2 \operatorname{tr} S^2$, $E(\operatorname{tr} L W
        L^\top)^2 = m^2 (\operatorname{tr} S)^2 + 2 m \operatorname{tr} S^2$ and
        $E \operatorname{tr}(L W L^\top)^2 = m (m + 1) \operatorname{tr} S^2 + m (\operatorname{tr}
        S)^2$ with $m = n - 1$.
        """
        error, trace, error_square, error_trace, alignment, trace_square, square_trace = (
            self.numbers
        )
        noise = 1 / samples
        kept = 1 - noise
        fourth = (trace_square + 2 * square_trace) * noise * noise
        return self._with(
            error + noise * trace,
            kept * trace,
            error_square + noise * (2 * error_trace + 4 * alignment) + fourth,
            kept * (error_trace + noise * trace_square),
            kept * (alignment + noise * square_trace),
            kept * (kept * trace_square + 2 * noise * square_trace),
            kept * (square_trace + noise * trace_square),
        )

    def mix(self, real: Gaussian, real_fraction, samples=None) -> "GaussianSquareMoments":
        """The fit to the data and real ones pooled; `samples` of them, or infinitely many.

        Raises `ValueError` for a real distribution other than the reference.
        """
        _check_reference(self.reference, real)
        return self.pool(real_fraction, 0 if samples is None else 1 / samples)

    def pool(self, real_fraction, noise) -> "GaussianSquareMoments":
        r"""Real data are a share $a = 1 - q$, and $\nu = 1/n_r$ is the `noise` of their mean.

        Given $(\delta, S)$ let $e \sim N(0, \nu I)$ be the real mean, $n_r R \sim W_d(I, n_r - 1)$
        and $D = \delta - e$: $\delta \to q \delta + a e$ and $S \to q S + a R + q a\,D D^\top$.
        """
        d, a = self.dimension, real_fraction
        q, real = 1 - a, (1 - noise) * self.dimension
        both, own = q * a, a * real
        error, trace, _, error_trace, alignment, trace_square, square_trace = self.numbers
        mean, gap = q * q * error + a * a * noise * d, error + noise * d
        gaps = self._product(noise, (1, -1), (1, -1))
        # D with S between and beside, and the trace and the square of the real covariance.
        gap_trace, gap_alignment = error_trace + noise * d * trace, alignment + noise * trace
        real_square, square_real = real * (real + 2 * noise), real * (1 + noise * d)
        numbers = (
            mean,
            q * trace + own + both * gap,
            self._product(noise, (q, a), (q, a)),
            q * (q * q * error_trace + a * a * noise * d * trace) + own * mean,
            q * (q * q * alignment + a * a * noise * trace) + a * (1 - noise) * mean,
            q * q * trace_square + 2 * q * own * trace + a * a * real_square,
            q * q * square_trace + 2 * both * (1 - noise) * trace + a * a * square_real,
        )
        between = (
            0,
            0,
            0,
            self._product(noise, (q, a), (1, -1)),
            self._alignment(noise, q, a),
            2 * (q * gap_trace + own * gap) + both * gaps,
            2 * (q * gap_alignment + a * (1 - noise) * gap) + both * gaps,
        )
        return self._with(*(x + both * y for x, y in zip(numbers, between, strict=True)))

    def _product(self, noise, one, other):
        r"""$E|x \delta + s e|^2\,|y \delta + t e|^2$ for the pairs $(x, s)$ and $(y, t)$."""
        (x, s), (y, t), d = one, other, self.dimension
        cross = (x * x * t * t + s * s * y * y) * d + 4 * x * s * y * t
        fourth = s * s * t * t * noise * noise * d * (d + 2)
        return x * x * y * y * self.error_square + cross * noise * self.error + fourth

    def _alignment(self, noise, q, a):
        r"""$E[(q \delta + a e) \cdot (\delta - e)]^2$."""
        d = self.dimension
        cross = ((a - q) * (a - q) - 2 * q * a * d) * noise * self.error
        return q * q * self.error_square + cross + a * a * noise * noise * d * (d + 2)


def _check_reference(reference, real):
    check_same_family(reference, real, "dimensions", "dimension")
    parts = reference.mean, reference.factor, real.mean, real.factor
    if real is reference or not is_concrete(*parts):
        return
    mean, factor, other_mean, other_factor = (np.asarray(part) for part in parts)
    if not (np.array_equal(mean, other_mean) and np.array_equal(factor, other_factor)):
        raise ValueError(
            "the expected squares close about one real distribution; take the moments about the "
            "one that the loop mixes in, GaussianSquareMoments.of(real)."
        )
