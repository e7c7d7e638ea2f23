"""A finite sample as a model: points, and the kernels that a density estimate puts on them."""

from .moments import ParticleMoments as ParticleMoments
from .particles import Particles as Particles
