"""TR-1: Top-k and min-p sampling do all they do in one generation."""

import numpy as np

from ....stages import MinP, Nucleus, Temper, TopK
from ....verification import closed_form, theorem
from ._instances import applied, random_states

_ONCE = {"top-k": TopK, "min-p": MinP}


@theorem(
    spec="TR-1",
    paper="marchi2024",
    status="derived",
    hypotheses=("no real data, infinite data", "ties are broken the same way every time"),
    claim=_ONCE,
    mutants={
        "top-k with its ratios raised to 0.99": _ONCE
        | {"top-k": lambda k: TopK(k) >> Temper(1.01)},
        "min-p 1 % high": _ONCE | {"min-p": lambda m: MinP(min(1.01 * m, 1.0))},
        "min-p 1 % low": _ONCE | {"min-p": lambda m: MinP(0.99 * m)},
        "a nucleus in place of min-p": _ONCE | {"min-p": lambda m: Nucleus(1 - m)},
    },
)
def truncation_once(claim, trial):
    r"""Top-k and min-p sampling do all they do in one generation.

    They are idempotent and keep the ratios of what they keep. The fixed points of top-k are all
    $p$ with at most $k$ outcomes, those of min-p all with $\min_{p_i > 0} p_i \ge m \max_i p_i$.
    """
    states = random_states(9, 40)
    for name, parameters in (("top-k", (1, 3, 8)), ("min-p", (0.05, 0.3, 0.9))):
        for parameter in parameters:
            rule = claim[name](parameter)
            once = applied(rule, states)
            what = f"{name} {parameter}"
            yield closed_form(f"{what}: twice is once", applied(rule, once), once, scale=1.0)
            kept = once > 0
            scale = (states * kept).sum(axis=1, keepdims=True)
            yield closed_form(f"{what}: ratios", once, kept * states / scale, scale=1.0)
            if name == "top-k":
                limit = np.minimum(parameter, (states > 0).sum(axis=1))
                yield closed_form(f"{what}: how many", kept.sum(axis=1), limit)
            else:
                expected = states >= parameter * states.max(axis=1, keepdims=True)
                yield closed_form(f"{what}: which", kept, expected, scale=1.0)
