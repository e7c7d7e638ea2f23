"""Questions about maps with noise: realisations, fluctuations, diffusions, Lyapunov exponents."""

from .diffusion import (
    Diffusion as Diffusion,
    diffusion as diffusion,
    diffusion_limit as diffusion_limit,
)
from .fluctuations import Fluctuations as Fluctuations, fluctuations as fluctuations
from .lyapunov import (
    LyapunovExponent as LyapunovExponent,
    lyapunov_exponent as lyapunov_exponent,
    random_lyapunov_exponent as random_lyapunov_exponent,
)
from .orbits import (
    OrbitStatistics as OrbitStatistics,
    orbit_statistics as orbit_statistics,
    orbits as orbits,
)
