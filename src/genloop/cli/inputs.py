"""The one input of a command as a model."""

from ..errors import InputError
from .options import check_count

_MOST_SAMPLES = 10**18
_NAMES = ("tokens", "counts", "table", "words", "uniform")


def check_one(**inputs) -> None:
    """Raises `InputError` E104 unless exactly one input is given."""
    given = [f"--{name}" for name in _NAMES if inputs.get(name) is not None]
    if len(given) != 1:
        what = " and ".join(given) if given else "no input"
        raise InputError(
            "E104",
            f"there is {what}; give exactly one of --tokens FILE, --tokens demo, --counts CSV, "
            "--table CSV, --words LANG, --uniform K.",
        )
    if inputs.get("uniform") is not None:
        check_count(inputs["uniform"], "--uniform", 2, 10**7)


def files(*, tokens=None, counts=None, table=None, words=None) -> dict[str, str | None]:
    """The files among the inputs, by option; --tokens demo and --words name none."""
    return {"--tokens": None if tokens == "demo" else tokens, "--counts": counts, "--table": table}


def read(*, tokens=None, counts=None, table=None, words=None, uniform=None):
    """The real distribution that the options name."""
    from .. import data
    from ..models import Categorical

    if uniform is not None:
        return Categorical.uniform(uniform)
    readers = {"tokens": tokens, "counts": counts, "table": table, "words": words}
    name, value = next((name, value) for name, value in readers.items() if value is not None)
    return getattr(data, name)(value)


def samples_of(real, samples: int | None) -> int:
    """The number of tokens a generation is trained on: as given, or as many as the input has.

    Raises `InputError` E117 where the input does not say, or says a number that no law is for.
    """
    if samples is not None:
        return samples
    size = None if real.origin is None else real.origin.size
    if size is None:
        raise InputError(
            "E117", "this input does not say how many tokens a generation has; give --samples N."
        )
    if not 2 <= size <= _MOST_SAMPLES:
        raise InputError(
            "E117",
            f"the counts of this input add up to {float(size):.6g} tokens a generation, which must "
            f"lie between 2 and {_MOST_SAMPLES:,}; give --samples N.",
        )
    return size


def described(real) -> dict:
    """What was read, for the result of a command."""
    origin = real.origin
    summary = {
        "source": "uniform distribution" if origin is None else origin.source,
        "observations": None if origin is None else origin.size,
    }
    if hasattr(real, "outcomes"):
        vocabulary = effective_vocabulary(real.probabilities)
        return summary | {"outcomes": real.outcomes, "effective_vocabulary": vocabulary}
    return summary | {"dimensions": real.dimension}


def effective_vocabulary(probabilities) -> float:
    r"""$e^{H(p)}$ in NumPy, where nothing has to be compiled for one number."""
    import numpy as np

    positive = np.asarray(probabilities)[np.asarray(probabilities) > 0]
    return float(np.exp(-(positive * np.log(positive)).sum()))
