"""The recursion of the expected squares of any loop of Gaussians, as a matrix and a source."""

import dataclasses
from collections.abc import Callable
from typing import Self

import numpy as np
from jaxtyping import Float

from ...models import Gaussian
from ...models.square_moments import GaussianSquareMoments
from ...printing import readable

Generation = Callable[[GaussianSquareMoments], GaussianSquareMoments]


@readable
@dataclasses.dataclass(frozen=True)
class SquareRecursion:
    r"""$x_{t+1} = P x_t + s$ of the seven numbers of `GaussianSquareMoments` [ST-B6].

    The first two are a recursion of their own; where `spectral_radius` $\ge 1$ some of the seven
    grow without bound.

    ```python
    real = gl.Gaussian.of([0.0, 0.0], [[1.0, 0.0], [0.0, 1.0]])
    loop = gl.papers.alemohammad2023.fresh_data(real, samples=40, real_samples=10)
    gl.loops.gaussian.SquareRecursion.of(loop, real).spectral_radius  # 0.814933
    ```
    """

    reference: Gaussian
    matrix: Float[np.ndarray, "7 7"]
    source: Float[np.ndarray, " 7"]

    @classmethod
    def of(cls, loop, reference: Gaussian) -> Self:
        """The recursion of a loop whose real data are the reference, or that has none.

        Raises `ValueError` for a loop whose squares do not close.
        """
        return cls.of_generation(loop.moments, reference)

    @classmethod
    def of_generation(cls, generation: Generation, reference: Gaussian) -> Self:
        """The recursion of a function of the moments."""
        # All columns at once: zero and the seven unit vectors.
        starts = np.hstack([np.zeros((7, 1)), np.eye(7)])
        after = generation(GaussianSquareMoments(reference, *starts))
        columns = np.stack([np.broadcast_to(row, 8) for row in after.numbers])
        return cls(reference, columns[:, 1:] - columns[:, :1], columns[:, 0])

    @property
    def spectral_radius(self) -> float:
        """Below 1 the expected squares stay bounded."""
        return float(np.abs(np.linalg.eigvals(self.matrix)).max())

    def stationary(self) -> GaussianSquareMoments:
        """The limit from every start.

        Raises `ValueError` where there is none.
        """
        if not self.spectral_radius < 1:
            raise ValueError(
                "the expected squares have no limit: their spectral radius is "
                f"{self.spectral_radius:.6g}."
            )
        return self._moments(np.linalg.solve(np.eye(7) - self.matrix, self.source))

    def trajectory(
        self, generations: int, start: Gaussian | None = None
    ) -> list[GaussianSquareMoments]:
        """The moments in generation $0, \\dots$ from a known start, by default the reference."""
        states = [np.array(GaussianSquareMoments.of(self.reference, start).numbers)]
        for _ in range(generations):
            states.append(self.matrix @ states[-1] + self.source)
        return [self._moments(state) for state in states]

    def _moments(self, numbers) -> GaussianSquareMoments:
        return GaussianSquareMoments(self.reference, *(float(number) for number in numbers))
