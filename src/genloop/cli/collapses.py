"""Which token wins in each collapsed state, for `genloop threshold`."""

from .screen import label, percent, table

_FIRST = 4
_SMALLEST = 1e-12


def solve(real, temperature: float, real_fraction: float) -> dict | None:
    """The states that a token has won at a real fraction, likeliest winners first, and the rarest.

    Nothing from temperature one on, where no token takes all.
    """
    if temperature >= 1 or not _SMALLEST <= real_fraction < 1:
        return None
    import numpy as np

    from ..papers.marchi2024.collapses import collapse, number_of_collapses
    from .threshold_outcomes import name_of, record

    options = {"temperature": temperature, "real_fraction": real_fraction}
    levels, first, counts = np.unique(
        -np.asarray(real.probabilities), return_index=True, return_counts=True
    )
    # Equally likely winners have equal states: the first of each stands for all.
    chosen = sorted({*range(min(_FIRST, levels.size)), levels.size - 1})
    found = [collapse(real, int(first[level]), **options) for level in chosen]
    return {
        "real_fraction": real_fraction,
        "others": number_of_collapses(real, **options),
        "states": [
            {
                "winner": name_of(real, state.outcome),
                "equals": int(counts[level]) - 1,
                "leading": state.leading,
                "survives": record(state.survives),
            }
            for level, state in zip(chosen, found, strict=True)
        ],
    }


def lines(answer: dict):
    """A table of the winners, and staying healthy against recovering."""
    found = answer["collapsed"]
    if found is not None:
        share = percent(found["real_fraction"])
        columns = ("winner", f"its share with {share} real data", "can win up to")
        rows = [_cells(state) for state in found["states"]]
        others = "" if found["states"][0]["equals"] else "other "
        title = f"Collapsed states: {found['others']:,} {others}tokens can win"
        yield table(title, columns, rows)
    yield from _hysteresis(answer)


def _cells(state: dict) -> tuple[str, str, str]:
    leading, survives = state["leading"], state["survives"]
    equals = f" or {state['equals']:,} as likely" if state["equals"] else ""
    share = "cannot win" if leading is None else percent(leading)
    limit = f"{percent(survives['value'])} real data" if survives["value"] else survives["reason"]
    return label(state["winner"]) + equals, share, limit


def _hysteresis(answer: dict):
    stay, recover = (answer["thresholds"][name]["value"] for name in ("local", "unique"))
    if recover is None:
        return
    if stay is not None and stay < recover:
        yield (
            f"To stay healthy: a healthy model stays stable from {percent(stay)} real data. To "
            f"recover from collapse: above {percent(recover)}; in between, both last."
        )
        return
    yield (
        f"To recover from a collapse to another token: more than {percent(recover)} real data; "
        "below, the end depends on the model that came first."
    )
