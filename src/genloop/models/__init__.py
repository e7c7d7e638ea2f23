"""What a generation learns."""

from .categorical import Categorical as Categorical
from .gaussian import Gaussian as Gaussian
from .model import AbstractModel as AbstractModel
from .moments import CategoricalMoments as CategoricalMoments, GaussianMoments as GaussianMoments
from .origin import Origin as Origin
