"""Curation by outcomes and groups: what grows and what shrinks, and what takes over."""

from .effects import (
    Curation as Curation,
    GroupOfCurators as GroupOfCurators,
    RewardClass as RewardClass,
    curation_of as curation_of,
)
from .recognition import (
    CuratedLoop as CuratedLoop,
    curated_loop as curated_loop,
    has_one_end as has_one_end,
)
from .runaway import STAYS as STAYS, runaway as runaway, runaway_notes as runaway_notes
from .takeover import QUESTION as QUESTION, takeover as takeover
