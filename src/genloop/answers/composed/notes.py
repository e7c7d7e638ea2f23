"""What to know of an answer about a loop beside its numbers."""

from collections.abc import Iterator

from ...language import Call, Pipeline
from ...stages import Accumulate, Blend, Draw, Window
from .chosen import ChosenLoop
from .guided import guidance_notes

_SAMPLES = "The number of samples does not move the ends; it sets the noise about them."
_SAMPLES_MOVE = (
    "The ends are those of infinite data; finite samples move the expected moments away from them."
)


def every_call(pipeline: Pipeline) -> Iterator[Call]:
    """The stages of a composition with those inside of others."""
    for call in pipeline.calls:
        yield call
        for _, value in call.pairs:
            if isinstance(value, Pipeline):
                yield from every_call(value)


def fixed_set_notes(loop: ChosenLoop) -> tuple[str, ...]:
    """A sentence on a real set that is drawn once and used for ever, where there is one."""
    if all(call.name != "Mix.fixed" for call in every_call(loop.pipeline)):
        return ()
    return (
        f"The fixed real set is one of many, drawn with seed {loop.seed}; another seed draws "
        "another one, with other answers.",
    )


def notes_of(loop: ChosenLoop) -> tuple[str, ...]:
    """Sentences on stages that do not move the ends of a loop, or do so by chance."""
    calls = list(every_call(loop.pipeline))
    stages = {call.stage for call in calls}
    notes = [*guidance_notes(loop), *fixed_set_notes(loop)]
    if Window in stages:
        notes.append(
            "A window has the ends of the loop that replaces its data, and takes longer to reach "
            "them [AC-5]."
        )
    if Accumulate in stages:
        notes.append(
            "Data that are all kept lead to the ends of the loop that replaces them, like a power "
            "of time [AC-2]; spectral radii are those of that loop."
        )
    if any(call.stage in (Draw, Blend) and "samples" in call.arguments for call in calls):
        notes.append(_SAMPLES_MOVE if loop.is_table else _SAMPLES)
    return tuple(notes)
