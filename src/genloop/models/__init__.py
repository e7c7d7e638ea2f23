"""Models that a generation learns."""

from .categorical import Categorical as Categorical
from .corpus import Corpus as Corpus, CorpusMoments as CorpusMoments
from .curation import (
    AbstractPointReward as AbstractPointReward,
    AbstractReward as AbstractReward,
    GivenRewards as GivenRewards,
    GroupedRewards as GroupedRewards,
    LinearReward as LinearReward,
    QuadraticReward as QuadraticReward,
    Rewards as Rewards,
)
from .dataset import (
    Dataset as Dataset,
    DatasetMoments as DatasetMoments,
    History as History,
    HistoryMoments as HistoryMoments,
)
from .families import (
    AbstractQuadraticFamily as AbstractQuadraticFamily,
    Bernoulli as Bernoulli,
    Binomial as Binomial,
    Exponential as Exponential,
    Gamma as Gamma,
    Geometric as Geometric,
    NegativeBinomial as NegativeBinomial,
    Normal as Normal,
    Poisson as Poisson,
)
from .families.moments import FamilyMoments as FamilyMoments
from .gaussian import Gaussian as Gaussian
from .markov_chain import MarkovChain as MarkovChain
from .mixtures import (
    draw_mixture as draw_mixture,
    mixture_covariance as mixture_covariance,
)
from .model import AbstractModel as AbstractModel
from .moments import (
    CategoricalMoments as CategoricalMoments,
    GaussianMoments as GaussianMoments,
)
from .origin import Origin as Origin
from .pair_moments import PairMoments as PairMoments
from .parametric import Family as Family, Parametric as Parametric
from .particles import ParticleMoments as ParticleMoments, Particles as Particles
from .points import Points as Points
from .square_moments import GaussianSquareMoments as GaussianSquareMoments
from .supports import OwnSamples as OwnSamples, Support as Support
