"""HD-14: uniform faces."""

import itertools

import numpy as np

from ....loops.temperature import temperature_functions
from ....models import Categorical
from ....stages import Temper
from ....verification import bound, closed_form, scaled, theorem
from ._instances import image_of

_FACES = {
    "multipliers": temperature_functions.face_multipliers,
    "escape": temperature_functions.face_escape,
    "attracts": temperature_functions.face_attracts,
}


def _in_one_order(order):
    """The multipliers with the transverse ones as if temperatures below one were hot."""
    return lambda *, temperature, **p: temperature_functions.face_multipliers(
        temperature=temperature if order else 1 / temperature, **p
    )


@theorem(
    spec="HD-14",
    paper="marchi2024",
    status="derived",
    hypotheses=("no real data, infinite data", "T different from one"),
    claim=_FACES,
    mutants={
        "cold and hot exchanged": _FACES | {"multipliers": _in_one_order(False)},
        "1/T once more on the face": _FACES
        | {
            "multipliers": lambda *, survivors, outcomes, **p: (
                temperature_functions.face_multipliers(
                    survivors=min(survivors + 1, outcomes), outcomes=outcomes, **p
                )
            )
        },
        "the multipliers 1 % high": scaled(_FACES, 1.01, "multipliers"),
        "the escape 1 % large": scaled(_FACES, 1.01, "escape"),
        "the escape without the size of the face": _FACES
        | {"escape": lambda x, *, temperature, survivors: x ** (1 / temperature)},
        "every face attracts when cold": _FACES
        | {"attracts": lambda *, temperature, survivors, outcomes: temperature < 1},
    },
)
def uniform_faces(claim, trial):
    r"""Without real data the fixed points of $S_T$ are the uniform distributions over any set $A$.

    They are $2^K - 1$. On the face of $A$ the multiplier is $1/T$, $|A| - 1$ times; a small
    probability $x$ outside becomes $|A|^{b-1} x^b (1 + o(1))$, so that the transverse multiplier is
    0 for $T < 1$ and infinite for $T > 1$. Only corners attract for $T < 1$, only the uniform state
    of all outcomes for $T > 1$.
    """
    faces = np.array(list(itertools.product((0.0, 1.0), repeat=5))[1:])
    states = faces / faces.sum(axis=1, keepdims=True)
    sizes = faces.sum(axis=1).astype(int)
    for temperature in (0.4, 0.8, 1.25, 2.5):
        stage, what = Temper(temperature), f"T = {temperature}"
        moved = trial.once(f"image {what}", lambda s=stage: image_of(s, states))
        yield closed_form(f"{len(states)} fixed points, {what}", moved, states, tolerance=1e-14)
        yield from _off_the_faces(trial, what, stage, temperature)
        for survivors in (1, 2, 4, 5):
            options = {"temperature": temperature, "survivors": survivors}
            where, state = f"{survivors} of 5, {what}", states[sizes == survivors][0]
            inner = trial.once(f"inner {where}", lambda s=stage, x=state: _on_face(s, x))
            expected = claim["multipliers"](**options, outcomes=5)
            finite = np.sort(np.append(inner, np.zeros(5 - survivors)))[::-1]
            across = expected[: 5 - survivors] if temperature > 1 else expected[survivors:]
            yield closed_form(f"on the face, {where}", _finite(expected), finite, scale=1.0)
            small = np.array([1e-4, 1e-6, 1e-8]) ** max(1.0, temperature)
            escaped = trial.once(
                f"escape {where}", lambda s=stage, x=state, e=small: _escaped(s, x, e)
            )
            if survivors < 5:
                found = claim["escape"](small, **options)
                yield closed_form(f"transverse, {where}", found, escaped, tolerance=2e-3)
                # The one-sided difference quotient itself, which tends to the multiplier.
                quotient = escaped / small
                side = quotient[-1] if temperature < 1 else 1 / quotient[-1]
                limit = across[0] if temperature < 1 else 1 / across[0]
                yield closed_form(f"its limit, {where}", limit, side, scale=1.0, tolerance=0.05)
            near = trial.once(f"near {where}", lambda s=stage, x=state: _returns(s, x))
            yield closed_form(f"attracts, {where}", claim["attracts"](**options, outcomes=5), near)


def _finite(multipliers):
    """Infinite multipliers as zeros, largest first."""
    return -np.sort(-np.where(np.isfinite(multipliers), multipliers, 0.0))


def _off_the_faces(trial, what, stage, temperature):
    """Random states move, by the Hilbert distance that [HD-2] says."""
    states = np.random.default_rng(14).dirichlet(np.ones(5), size=50)
    image = trial.once(f"moved {what}", lambda: image_of(stage, states))
    spread = np.ptp(np.log(states), axis=1)
    yield bound(f"no others, {what}", 1e-3 * spread, np.abs(np.ptp(np.log(image), axis=1) - spread))


def _on_face(stage, state):
    """Eigenvalues of the derivative among the outcomes of a face."""
    inside = state[state > 0]
    if inside.size == 1:
        return np.zeros(1)
    dense = np.asarray(stage.jacobian(Categorical(inside)).dense())
    return np.linalg.eigvals(dense).real


def _escaped(stage, state, small):
    """The image of a small probability outside the face after one generation."""
    outside = int(np.argmin(state))
    moved = (1 - small)[:, None] * state
    moved[:, outside] += small
    return image_of(stage, moved)[:, outside]


def _returns(stage, state, generations=300):
    """Whether the loop comes back from a few states near."""
    generator = np.random.default_rng(15)
    near = state + 1e-3 * generator.dirichlet(np.ones(5), size=4)
    near /= near.sum(axis=1, keepdims=True)
    power = 1 / float(stage.temperature)
    for _ in range(generations):
        near = (near / near.max(axis=1, keepdims=True)) ** power
        near /= near.sum(axis=1, keepdims=True)
    return bool(np.abs(near - state).max() < 1e-6)
