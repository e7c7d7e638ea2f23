"""Several groups of curators: who survives, at what share, and how much real data keeps them."""

from .basins import (
    basin_leak as basin_leak,
    least_reward_variance as least_reward_variance,
    least_share as least_share,
)
from .consensus import (
    safe_gap as safe_gap,
    strongest_rival as strongest_rival,
)
from .dynamics import (
    divergence as divergence,
    gains as gains,
    generation as generation,
    multipliers as multipliers,
    welfare as welfare,
)
from .ideals import (
    compromise_excess as compromise_excess,
    refitted_multipliers as refitted_multipliers,
    refitted_variance as refitted_variance,
    split_position as split_position,
    splitting_distance as splitting_distance,
)
from .limits import (
    limit as limit,
)
from .pairs import (
    calming_fraction as calming_fraction,
    cycle_balance as cycle_balance,
    majorities as majorities,
)
from .two_groups import (
    coexistence_multiplier as coexistence_multiplier,
    coexistence_region as coexistence_region,
    coexisting_share as coexisting_share,
    compromise_gain as compromise_gain,
    compromise_region as compromise_region,
    keeping_fraction as keeping_fraction,
)
