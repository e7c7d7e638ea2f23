"""SQ-7: The fit to a closed text has a bias of order $1/n$ and the noise of its rows, passed on."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np

from ...loops.chain.texts import expected_pairs
from ...models import MarkovChain
from ...stages import Draw, Mix
from ...verification import closed_form, exact_law, monte_carlo, scaled, theorem
from ._instances import pairs_of, random_rows


def _covariance(chain):
    return np.asarray(_dense(chain))


@jax.jit
def _dense(chain):
    return chain.statistic_covariance().dense()


def _independent(chain):
    pairs = np.asarray(chain.pairs).ravel()
    return np.diag(pairs) - np.outer(pairs, pairs)


_TEXT = {"mean": expected_pairs, "covariance": _covariance}


@theorem(
    spec="SQ-7",
    paper="sequences",
    status="derived",
    hypotheses=("one class of contexts", "the first token follows the context frequencies"),
    claim=_TEXT,
    mutants={
        "no bias": _TEXT | {"mean": lambda chain, samples: np.asarray(chain.pairs)},
        "a closing pair of independent tokens": _TEXT
        | {
            "mean": lambda chain, samples: (
                (
                    (samples - 1) * chain.pairs
                    + jnp.asarray(chain.contexts)[:, None] * jnp.asarray(chain.contexts)[None]
                )
                / samples
            )
        },
        "the covariance of independent pairs": _TEXT | {"covariance": _independent},
        "the bias 1 % high": _TEXT
        | {
            "mean": lambda chain, samples: (
                1.01 * expected_pairs(chain, samples=samples) - 0.01 * np.asarray(chain.pairs)
            )
        },
        "the covariance 1 % high": scaled(_TEXT, 1.01, "covariance"),
    },
)
def fit_to_a_text(claim, trial):
    r"""The fit to a closed text has a bias of order $1/n$ and the noise of its rows, passed on.

    $\mathbb E \hat J_{ij} = \frac{n-1}n J_{ij} + \frac1n w_j (P^{n-1})_{ji}$, and
    $n \operatorname{Cov} \hat J$ tends to that of $\xi_i + (\mathbb 1^\top \xi D)_i P_i$ with
    independent rows of covariance $w_i (\operatorname{diag} P_i - P_i P_i^\top)$ and the deviation
    matrix $D = (I - P + \mathbb 1 w^\top)^{-1} - \mathbb 1 w^\top$.
    """
    for seed in (1, 2):
        pairs = pairs_of(random_rows(seed, evenness=0.6, outcomes=3))
        chain = MarkovChain(pairs)
        for samples in (2, 5):
            law = trial.once(f"{seed}, {samples}", lambda p=pairs, n=samples: _enumerated(p, n))
            mean = claim["mean"](chain, samples=samples)
            yield exact_law(f"mean of all texts of {samples} tokens", mean, law, scale=1.0)
        # Up to the memory of the chain the covariance of n fits is a line in 1/n.
        limit = trial.once(f"limit {seed}", lambda p=pairs: _limit(p))
        yield closed_form("covariance", claim["covariance"](chain), limit, scale=1.0)
    real, written = (MarkovChain(pairs_of(random_rows(n, outcomes=3))) for n in (4, 5))
    expected = 0.75 * np.asarray(claim["mean"](written, samples=6)) + 0.25 * np.asarray(real.pairs)
    draw = lambda: _stepped(Draw(6) >> Mix(real, 0.25), trial.key(), written, trial.replicates)
    texts = trial.once("texts", draw)
    yield monte_carlo("one generation, token by token", expected, texts, resolution=0.2)


def _stepped(step, key, start, replicates):
    draw = jax.jit(lambda key, states: step.step(key, states).pairs)
    return np.asarray(draw(key, start.broadcast((replicates,))))


def _enumerated(pairs, samples):
    """The mean over all closed texts of a few tokens, with their probabilities."""
    states = len(pairs)
    law, rows = pairs.sum(axis=1), pairs / pairs.sum(axis=1, keepdims=True)
    mean = np.zeros_like(pairs)
    for text in itertools.product(range(states), repeat=samples):
        chance = law[text[0]] * np.prod([rows[i, j] for i, j in itertools.pairwise(text)])
        for i, j in zip(text, (*text[1:], text[0]), strict=True):
            mean[i, j] += chance / samples
    return mean


def _limit(pairs):
    r"""$\lim n \operatorname{Cov} \hat J$ from the exact ones of 200 and 400 tokens."""
    short, long = (np.asarray(_second_derivative(pairs, n)) / n for n in (200, 400))
    return 2 * long - short


@jax.jit
def _second_derivative(pairs, samples):
    """The covariance of the counts of a closed text, by their cumulant generating function."""
    law, rows = pairs.sum(axis=1), pairs / pairs.sum(axis=1, keepdims=True)

    def cumulants(shift):
        weights = jnp.exp(shift.reshape(pairs.shape))
        tilted = rows * weights
        path = jax.lax.fori_loop(1, samples, lambda _, x: x @ tilted, jnp.eye(len(pairs)))
        return jnp.log((law[:, None] * path * weights.T).sum())

    return jax.jacfwd(jax.jacfwd(cumulants))(jnp.zeros(pairs.size))
