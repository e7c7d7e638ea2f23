"""SQ-8: A token that repeats itself needs about as much real data as if pairs were outcomes."""

from ...models import MarkovChain
from ...verification import closed_form, scaled, theorem
from ._instances import alone, pair_fold, pairs_of, random_rows, stands


def _repeated(token):
    return {"temperature": 0.6, "first": token, "second": token}


@theorem(
    spec="SQ-8",
    paper="sequences",
    status="numerical",
    hypotheses=(
        "infinite data, T = 0.6",
        "random rows of four outcomes, flat Dirichlet of weight 3",
    ),
    claim=pair_fold,
    mutants={
        "contexts alone": alone,
        "1 % high": scaled(pair_fold, 1.01),
        "1 % low": scaled(pair_fold, 0.99),
    },
)
def repetition_without_reversibility(claim, trial):
    r"""A token that repeats itself needs about as much real data as if pairs were outcomes.

    Measured in random texts, not reversible ones: the real fraction that ends a repetition is
    within $0.13$ of the fold of `SQ-4` with pairs counted in both directions, in the three texts
    that are tried here between $0.125$ below and $0.0925$ above. The theory of single
    contexts is $0.03$ to $0.26$ too low: a token that repeats itself fills the text, and its
    $\mu_i = \mu \pi_i/\sigma_i$ is far below $\mu$ [SQ-1].
    """
    for seed in (0, 1, 6):
        rows = random_rows(seed, evenness=3.0)
        real = pairs_of(rows)
        for token in range(4):
            find = lambda r=real, i=token: pair_fold(MarkovChain(r), **_repeated(i))
            # The most frequent pair has no fold.
            if trial.once(f"fold {seed}, {token}", find) is None:
                continue
            claimed = claim(MarkovChain(real), **_repeated(token))
            sides = [claimed - 0.125, claimed + 0.0925]
            found = stands(real, 0.6, sides, token, token, generations=300)
            yield closed_form(f"text {seed}, token {token}", [1.0, 0.0], found, scale=1.0)
