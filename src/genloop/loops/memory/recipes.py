"""Ways to keep data that need no parameter but numbers of points."""

from ...stages import Accumulate, Draw, Subsample, Temper, Window


def replace(*, samples: int) -> Draw:
    """Every generation is fitted to `samples` points of the one before and to nothing else.

    ```python
    loop = gl.papers.kazdan2024.replace(samples=10)
    loop.moments(gl.Gaussian.of(0.0, 1.0).moments()).covariance  # [[0.9]]
    ```
    """
    return Draw(samples)


def accumulate(*, samples: int) -> Accumulate:
    """Every generation is fitted to all data that were ever made; `samples` points join [CA-C3].

    ```python
    loop = gl.papers.kazdan2024.accumulate(samples=10)
    loop(loop.begin(gl.Gaussian.of(0.0, 1.0))).size  # 20
    ```
    """
    return Accumulate(Temper(1.0), samples=samples)


def keep_window(*, samples: int, generations: int) -> Window:
    """Every generation is fitted to the data of the last `generations` [AC-5].

    ```python
    loop = gl.papers.kazdan2024.keep_window(samples=10, generations=3)
    loop(loop.begin(gl.Gaussian.of(0.0, 1.0))).size  # 20
    ```
    """
    return Window(Temper(1.0), samples=samples, generations=generations)


def subsample(*, samples: int, generations: int) -> Subsample:
    """Every generation is fitted to `samples` points chosen from all that were made [CA-C3].

    There is room for so many `generations`.

    ```python
    loop = gl.papers.kazdan2024.subsample(samples=10, generations=5)
    loop.moments(loop.begin(gl.Gaussian.of(0.0, 1.0)).moments()).moments.covariance  # [[0.9]]
    ```
    """
    return Subsample(Temper(1.0), samples=samples, generations=generations)
