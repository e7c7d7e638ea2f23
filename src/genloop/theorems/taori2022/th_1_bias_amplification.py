"""TH-1: bias amplification."""

import numpy as np

from ...analysis import fixed_point
from ...loops.amplification import dataset_bias
from ...models import Categorical
from ...papers.taori2022 import replacement_loop
from ...verification import bound, closed_form, monte_carlo, scaled, theorem

_CASES = (
    # Human, synthetic and initial samples of a round, shift.
    (20, 80, 100, 0.05),
    (1, 9, 0, 0.02),
    (50, 10, 1000, 0.1),
    (3, 1, 7, -0.04),
)


_CLAIM = {
    "data": dataset_bias.accumulated_bias,
    "replaced": dataset_bias.replaced_bias,
    "limit": dataset_bias.bias_limit,
}


def _changed(**changes):
    def mutant(rounds, shift, **sizes):
        return dataset_bias.accumulated_bias(
            rounds,
            shift,
            **{
                name: changes[name](sizes) if name in changes else value
                for name, value in sizes.items()
            },
        )

    return _CLAIM | {"data": mutant}


@theorem(
    spec="TH-1",
    paper="taori2022",
    status="derived",
    hypotheses=(
        "m human samples without bias and k model samples join the data in every round",
        "a model has the bias of its data plus delta",
    ),
    claim=_CLAIM,
    mutants={
        "one round more": _CLAIM
        | {"data": lambda t, shift, **sizes: dataset_bias.accumulated_bias(t + 1, shift, **sizes)},
        "the first data count as one round more": _changed(
            initial=lambda s: s["initial"] + s["human"] + s["synthetic"]
        ),
        "1 % more human data": _changed(human=lambda s: 1.01 * s["human"]),
        "the limit 1 % high": scaled(_CLAIM, 1.01, "limit"),
        "replaced data 1 % less biased": scaled(_CLAIM, 0.99, "replaced"),
        "the limit is delta higher": _CLAIM | {"limit": lambda shift, a: shift / a + shift},
        "replaced data keep their bias": _CLAIM
        | {"replaced": lambda t, shift, a: dataset_bias.replaced_bias(t, shift / (1 - a), a)},
    },
)
def bias_amplification(claim, trial):
    r"""A bias $\delta$ of the models is amplified to $\delta/a$, slowly if the data accumulate.

    $b_{t+1} = [n_t b_t + k (b_t + \delta)]/(n_t + m + k)$, $b_0 = 0$, has the solution $b_t =
    \frac{k \delta}m \left[1 - \frac{\Gamma(c + 1 + t - a)\,\Gamma(c + 1)}{\Gamma(c + 1 - a)\,
    \Gamma(c + 1 + t)}\right]$ with $a = m/(m + k)$, $c = n_0/(m + k)$; the model's bias $b_t +
    \delta$ increases to $\frac{m + k}m \delta = \delta/a$, and what is missing decays as $t^{-a}$.
    Data that are replaced by $m$ human and $k$ model samples have the same limit and reach it as
    $(1 - a)^t$. If models add at most $\delta$, these are upper bounds.
    """
    rounds = np.array([0, 1, 2, 10, 100, 3000])
    for human, synthetic, initial, shift in _CASES:
        sizes = {"human": human, "synthetic": synthetic, "initial": initial}
        what = f"m = {human}, k = {synthetic}, n_0 = {initial}"
        path = trial.once(what, lambda s=sizes, d=shift: _recursion(d, 3000, **s))
        claimed = claim["data"](rounds, shift, **sizes)
        yield closed_form(f"bias of the data, {what}", claimed, path[rounds], tolerance=1e-11)
        share = human / (human + synthetic)
        limit = claim["limit"](shift, share)
        yield bound(f"the model's bias below delta/a, {what}", np.abs(path + shift), abs(limit))
        later = claim["data"](np.array([10**9, 2 * 10**9]), shift, **sizes) + shift
        decay = np.log2((limit - later[0]) / (limit - later[1]))
        yield closed_form(f"the rest decays as t^-a, {what}", share, decay, tolerance=1e-5)
    endless = _recursion(0.05, 50, human=0, synthetic=10, initial=30)
    claimed = claim["data"](50, 0.05, human=0, synthetic=10, initial=30)
    yield closed_form("without human data", claimed, endless[50], tolerance=1e-12)
    yield from _replaced(claim, trial)
    sizes = {"human": 4, "synthetic": 16, "initial": 10}
    ones = trial.once(
        "datasets", lambda: _datasets(trial, rounds=6, share=0.3, shift=0.05, **sizes)
    )
    claimed = 0.3 + claim["data"](6, 0.05, **sizes)
    yield monte_carlo("datasets sample by sample", claimed, ones)


def _replaced(claim, trial):
    """Replaced data: the recursion and a loop of stages whose model favours an answer."""
    for shift, share in ((0.05, 0.2), (0.01, 0.7)):
        bias, path = 0.0, []
        for _ in range(30):
            bias = (1 - share) * (bias + shift)
            path.append(bias)
        claimed = claim["replaced"](np.arange(1, 31), shift, share)
        yield closed_form(f"replaced data, a = {share}", claimed, path, tolerance=1e-12)
        limit = claim["limit"](shift, share)
        yield closed_form("its limit", limit, claimed[-1] / (1 - (1 - share) ** 30) + shift)
    model, state, slip = trial.once("stages", lambda: _favouring(share=0.2, slip=0.03))
    added = slip * (1 - state)
    yield closed_form("stages: delta/a at the fixed point", claim["limit"](added, 0.2), model)
    yield bound("stages: the bound by the first delta", model, claim["limit"](slip * 0.7, 0.2))


def _favouring(share, slip):
    """The model's bias at the fixed point of the stages, and the data's share of the answer."""
    human, favoured = Categorical.of([0.3, 0.5, 0.2]), Categorical.of([1.0, 0.0, 0.0])
    loop = replacement_loop(human, favoured, slip=slip, real_fraction=share)
    data = float(fixed_point(loop, human).state.probabilities[0])
    return data + slip * (1 - data) - 0.3, data, slip


def _recursion(shift, rounds, *, human, synthetic, initial):
    bias, size, path = 0.0, initial, [0.0]
    for _ in range(rounds):
        bias = (size * bias + synthetic * (bias + shift)) / (size + human + synthetic)
        size += human + synthetic
        path.append(bias)
    return np.array(path)


def _datasets(trial, *, rounds, share, shift, human, synthetic, initial):
    """Frequencies of an answer in datasets to which every sample is added one by one."""
    rng = np.random.default_rng([trial.seed, 7])
    size, ones = initial, rng.binomial(initial, share, trial.replicates)
    for _ in range(rounds):
        # Never clipped far enough to matter: nearly all frequencies stay below 1 - delta.
        model = np.minimum(ones / size + shift, 1.0)
        ones = ones + rng.binomial(human, share, len(ones)) + rng.binomial(synthetic, model)
        size += human + synthetic
    return ones / size
