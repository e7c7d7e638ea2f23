"""What curators do to real data: the table of rewards, their groups, and how fast."""

from typing import TYPE_CHECKING

from ..terminal import counted, label, number, percent, table

if TYPE_CHECKING:
    from ...answers import Curation, RewardClass

_ROWS = 5
"""The most rewards that have grown most, and the most that have shrunk most, in the table."""


def lines(found: "Curation | None"):
    """The table, and what follows from it; nothing where nobody chooses."""
    if found is None:
        return
    classes = found.classes
    shown = classes if len(classes) <= 2 * _ROWS else (*classes[:_ROWS], *classes[-_ROWS:])
    between = found.kinds - len(shown)
    left = f" ({between:,} in between are left out)" if between else ""
    columns = ("reward", "tokens", "real data", "in the end", "factor")
    yield table(f"What curators do{left}", columns, map(_row, shown))
    several = len(found.groups) > 1
    for name, group in found.groups.items():
        who = f"{label(name)} ({percent(group.share)} of the choices): its" if several else "The"
        moved = "rises" if group.reward >= group.real_reward else "falls"
        favourites = ", ".join(map(label, group.favourites))
        yield (
            f"{who} mean reward {moved} from {number(group.real_reward)} to "
            f"{number(group.reward)}; the best-rated ({favourites}) have "
            f"{percent(group.kept_favourites)}, of the real data {percent(group.real_favourites)}."
        )
    yield _distance(found)


def _row(one: "RewardClass"):
    names = ", ".join(map(label, one.likeliest))
    more = one.outcomes - len(one.likeliest)
    tokens = f"{names} and {more:,} more" if more else names
    rewards = ", ".join(f"{reward:g}" for reward in one.rewards)
    return rewards, tokens, percent(one.real_share), percent(one.share), f"{one.factor:.3g}"


def _distance(found: "Curation") -> str:
    """How far the end is from the real data, what bounds it, and how fast it is reached."""
    said = f"The divergence of this end from the real data is {number(found.divergence)} nats"
    if found.bound is not None:
        said += f", never more than {number(found.bound)} on the way [ST-D4]"
    elif found.bounded_above is not None:
        said += f" (bounded in advance above {percent(found.bounded_above)} real data [ST-D4])"
    if found.relaxation is None:
        return f"{said}."
    generations = counted(float(f"{found.relaxation:.3g}"), "generation").replace(".0 ", " ")
    return f"{said}. Small differences shrink by e in {generations}."
