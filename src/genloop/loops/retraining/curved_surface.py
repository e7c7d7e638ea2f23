r"""Retraining on a curved surface: any two curvatures that are allowed at all occur [ST-A14].

The model is $N(g(\theta), I)$ in $k + 1$ dimensions, $g(\theta) = (u, \frac12 u^\top H u)$ with
$u = M \theta$. The real mean is 1 above the surface at $\theta = 0$: $A = -M^\top (I - H) M$ and $B
= -M^\top M$.
"""

import numpy as np
from jaxtyping import Float


def surface(
    real_curvature: Float[np.ndarray, "k k"], sampled_curvature: Float[np.ndarray, "k k"]
) -> tuple[Float[np.ndarray, "k k"], Float[np.ndarray, "k k"]]:
    r"""$(M, H)$ with $M = C^\top$ and $H = I + C^{-1} A C^{-\top}$, for given $A, B$.

    $-B = C C^\top$ with the Cholesky factor $C$. Shapes `(k, k)`. Raises `ValueError`
    where $-B$ is not positive definite.

    ```python
    slope, bend = gl.loops.retraining.curved_surface.surface(-jnp.eye(2), -jnp.eye(2))
    bend  # [[0, 0], [0, 0]]
    ```
    """
    try:
        root = np.linalg.cholesky(-np.asarray(sampled_curvature, dtype=float))
    except np.linalg.LinAlgError:
        raise ValueError(
            "minus the curvature of samples must be positive definite; it is their information."
        ) from None
    half = np.linalg.solve(root, np.asarray(real_curvature, dtype=float))
    return root.T, np.eye(len(root)) + np.linalg.solve(root, half.T).T


def surface_point(
    parameters: Float[np.ndarray, " k"],
    slope: Float[np.ndarray, "k k"],
    bend: Float[np.ndarray, "k k"],
) -> Float[np.ndarray, " k+1"]:
    r"""$g(\theta)$, the mean of the model.

    ```python
    point, unit = jnp.ones(1), jnp.eye(1)
    gl.loops.retraining.curved_surface.surface_point(point, unit, unit)  # [1, 0.5]
    ```
    """
    u = slope @ parameters
    return np.append(u, u @ bend @ u / 2)
