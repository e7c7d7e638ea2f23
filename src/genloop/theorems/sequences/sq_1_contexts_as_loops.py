"""SQ-1: Every context is a temperature loop with a real fraction of its own."""

import numpy as np

from ...loops.chain.contexts import effective_real_fractions
from ...models import MarkovChain
from ...verification import bound, closed_form, scaled, theorem
from ._instances import escort, generation, pairs_of, random_rows, rested, staged


@theorem(
    spec="SQ-1",
    paper="sequences",
    status="derived",
    hypotheses=("infinite data", "every context occurs in the real text"),
    claim=effective_real_fractions,
    mutants={
        "the same real fraction everywhere": lambda synthetic, real, real_fraction: (
            real_fraction + 0.0 * synthetic.contexts
        ),
        "contexts of the real text and the synthetic one exchanged": (
            lambda synthetic, real, real_fraction: effective_real_fractions(
                real, synthetic, real_fraction=real_fraction
            )
        ),
        "the real fractions 1 % high": scaled(effective_real_fractions, 1.01),
        "mixed by rows and not by counts": lambda synthetic, real, real_fraction: (
            real_fraction * real.contexts / synthetic.contexts
        ),
    },
)
def contexts_as_loops(claim, trial):
    r"""Every context is a temperature loop with a real fraction of its own.

    $P_i' = a_i R_i + (1 - a_i) S_T(P_i)$ with
    $a_i = \frac{a \pi_i}{a \pi_i + (1 - a) \sigma_i}$, so the ratio of real to synthetic data is
    $\mu_i = \mu\,\pi_i/\sigma_i$: contexts that the synthetic text visits rarely are protected,
    frequent ones lose. $\sum_i w_i' a_i = a$, and
    $\frac{a \pi_i}{a \pi_i + 1 - a} \le a_i \le 1$. A fixed point is one of every context at its
    $a_i$.
    """
    for seed, temperature, share in ((1, 0.6, 0.3), (2, 0.8, 0.7), (3, 1.5, 0.2)):
        real = pairs_of(random_rows(seed))
        start = pairs_of(random_rows(seed + 10, evenness=0.5))
        what = f"T = {temperature}, a = {share}"
        rest = trial.once(what, lambda x=start, r=real, t=temperature, a=share: rested(x, r, t, a))
        for name, state in (("a state", start), ("the fixed point", np.asarray(rest))):
            written = MarkovChain.of(generation(state, real, temperature, 0.0))
            own = np.asarray(claim(written, MarkovChain(real), real_fraction=share))
            image = np.asarray(staged(state, real, temperature, share))
            sums = image.sum(axis=1)
            rows, target = state / state.sum(axis=1)[:, None], real / real.sum(axis=1)[:, None]
            tempered = escort(rows, temperature)
            expected = own[:, None] * target + (1 - own[:, None]) * tempered
            yield closed_form(f"rows of {name}, {what}", expected, image / sums[:, None])
            yield closed_form(f"mean of {name}, {what}", sums @ own, share)
            least = share * real.sum(axis=1) / (share * real.sum(axis=1) + 1 - share)
            yield bound(f"least share, {name}, {what}", least, own)
            if name != "a state":
                yield closed_form(f"{name} of every context, {what}", expected, rows, scale=1.0)
