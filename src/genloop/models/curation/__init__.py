"""What curators prefer, and the distribution of what they choose."""

from .choice import chosen as chosen, chosen_jacobian as chosen_jacobian
from .given import GivenRewards as GivenRewards
from .points import (
    AbstractPointReward as AbstractPointReward,
    LinearReward as LinearReward,
    QuadraticReward as QuadraticReward,
)
from .reward import (
    AbstractReward as AbstractReward,
    GroupedRewards as GroupedRewards,
    Rewards as Rewards,
    as_reward as as_reward,
)
from .shares import shares_of_curators as shares_of_curators
from .tilting import tilted as tilted, tilted_jacobian as tilted_jacobian
