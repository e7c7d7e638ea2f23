"""TR-2: nucleus recursion."""

from fractions import Fraction

import numpy as np

from ....certificates import certify_root
from ....loops.truncation import states as truncation
from ....stages import Nucleus
from ....verification import closed_form, proves, theorem
from .._instances import LEAST
from ._instances import applied, random_states

_NUCLEUS = {"sizes": truncation.nucleus_sizes, "fixed": truncation.is_nucleus_fixed}


_ZIPF = [Fraction(1, rank) for rank in range(1, 1001)]


def _off_by(change):
    return _NUCLEUS | {"sizes": lambda weights, mass: change(_NUCLEUS["sizes"], weights, mass)}


@theorem(
    spec="TR-2",
    paper="marchi2024",
    status="derived",
    hypotheses=("no real data, infinite data", "ties are broken the same way every time"),
    claim=_NUCLEUS,
    mutants={
        "all of it in one generation": _off_by(lambda f, w, c: f(w, c)[:2] + f(w, c)[-1:]),
        "the mass 1 % low": _off_by(lambda f, w, c: f(w, Fraction(c) * Fraction(99, 100))),
        "fixed where min p > 0.99 (1 - c)": _NUCLEUS
        | {"fixed": lambda p, mass: truncation.is_nucleus_fixed(p, mass=0.01 + 0.99 * mass)},
        "fixed where min p > 1.01 (1 - c)": _NUCLEUS
        | {"fixed": lambda p, mass: truncation.is_nucleus_fixed(p, mass=1.01 * mass - 0.01)},
        "fixed only at one outcome": _NUCLEUS | {"fixed": lambda p, mass: (p > 0).sum(-1) == 1},
    },
)
def nucleus_recursion(claim, trial):
    r"""Nucleus sampling goes on: the supports follow $m_{t+1} = \min\{m : C_m \ge c\,C_{m_t}\}$.

    $C$ are the cumulative sums of the sorted first distribution. A distribution is fixed if and
    only if it has one outcome or all its positive probabilities exceed $1 - c$.
    """
    cases = (
        ("Zipf, c = 0.9", _ZIPF, "0.9"),
        ("Zipf, c = 0.95", _ZIPF, "0.95"),
        ("100 equal outcomes, c = 0.9", [1] * 100, "0.9"),
        ("counts", [5000, 3000, 900, 700, 40, 3, 3, 1], "0.99"),
    )
    for name, weights, mass in cases:
        sizes = claim["sizes"](weights, mass)
        path = trial.once(name, lambda w=weights, c=mass: _supports(w, float(c)))
        length = max(len(sizes), len(path))
        padded = [list(x) + [x[-1]] * (length - len(x)) for x in (sizes, path)]
        yield closed_form(f"supports of the loop, {name}", *padded)
    for mass in (0.7, 0.9, 0.97):
        # Two of them half a per cent beside the border.
        least = np.array([0.995, 1.005]) * (1 - mass)
        border = np.stack([(1 - least) / 2, (1 - least) / 2, least, 0 * least, 0 * least], axis=1)
        states = np.concatenate([random_states(5, 400), border])
        kept = (np.asarray(Nucleus(mass).kept(states)) == (states > 0)).all(axis=1)
        found = claim["fixed"](states, mass=mass)
        yield closed_form(f"fixed distributions, c = {mass}", found, kept, scale=1.0)


def _supports(weights, mass):
    """The supports of the loop itself in floating point."""
    state, sizes = np.array([float(w) for w in weights]), []
    state = np.sort(state / state.sum())[::-1]
    while len(sizes) < 2 or sizes[-1] != sizes[-2]:
        sizes.append(int((state > 0).sum()))
        state = applied(Nucleus(mass), state)
    return sizes[:-1]


@proves("TR-2")
def proofs(digits):
    r"""$\min p = 1 - c$: above this mass a nucleus keeps four outcomes of Zipf's law."""
    return {
        "Zipf's law, 4 outcomes, mass": certify_root(
            lambda c, least: least - (1 - c), "1/2", "1", parameters=[LEAST], digits=digits
        )
    }
