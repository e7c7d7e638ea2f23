"""Growing contamination: real shares and sample sizes that change from generation to generation.

`lost_shares` is the exact product formula at temperature one, `limit_of_losses` what becomes of it,
`cheapest_fractions` the least real data that keep a variance.
"""

from .cheapest import (
    cheapest_at_the_end as cheapest_at_the_end,
    cheapest_fractions as cheapest_fractions,
    holding_fraction as holding_fraction,
)
from .limits import (
    Limit as Limit,
    limit_of_error as limit_of_error,
    limit_of_losses as limit_of_losses,
    limit_of_rates as limit_of_rates,
)
from .losses import (
    Losses as Losses,
    drawn as drawn,
    lost_shares as lost_shares,
    mixed as mixed,
)
from .power_laws import PowerLaw as PowerLaw
