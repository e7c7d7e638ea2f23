"""What to know of an answer about a kernel density loop beside its numbers."""

from ...language import Pipeline
from ...stages import Mix, Smooth
from ..composed import ChosenLoop, fixed_set_notes
from ..composed.notes import every_call

_WEIGHTS = (
    "The real points of a generation keep their number; {name} is the weight that they have "
    "together, so that the kernel counts fewer points where it is not theirs."
)


def is_kernel_loop(loop: Pipeline) -> bool:
    """Whether kernels are put on points somewhere in a composition."""
    return any(call.stage is Smooth for call in every_call(loop))


def notes_of(loop: ChosenLoop) -> tuple[str, ...]:
    """Sentences on a real set that is drawn once and for ever, and on weights of real points."""
    calls, notes = list(every_call(loop.pipeline)), list(fixed_set_notes(loop))
    for call in calls:
        share = call.arguments.get("real_fraction")
        weighted = call.stage is Mix and "samples" in call.arguments
        if weighted and loop.unknown is not None and loop.unknown in share.parameters:
            notes.append(_WEIGHTS.format(name=loop.unknown))
    return tuple(notes)
