"""Loops with known errors of learning, followed outcome by outcome."""

import numpy as np


def total_variation(one: np.ndarray, other: np.ndarray) -> float:
    """Half the sum of the distances of probabilities."""
    return float(np.abs(one - other).sum() / 2)


def random_weights(seed: int, generations: int) -> np.ndarray:
    """A lower-triangular matrix of shares of earlier models, with some real data in each row."""
    draws = np.random.default_rng(seed).dirichlet(np.ones(generations + 1), size=generations + 1)
    return np.tril(draws, -1)


def followed(weights, errors, turn) -> np.ndarray:
    """The total variation of every model from the real data: uniform on four outcomes.

    Generation n learns the mixture of its row of `weights` and moves a mass of its error along
    `turn(n)`, a direction of sum zero and of positive parts of sum one.
    """
    real = np.full(4, 0.25)
    models: list[np.ndarray] = []
    for generation, error in enumerate(errors):
        row = weights[generation, :generation]
        mixture = (1 - row.sum()) * real + sum(w * p for w, p in zip(row, models, strict=True))
        models.append(mixture + error * turn(generation))
    return np.array([total_variation(model, real) for model in models])
