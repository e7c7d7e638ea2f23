"""Zhao, Fu and Pham, "Convergence and Stability Analysis of Self-Consuming Generative Models with
Heterogeneous Human Curation" (2025).

Retraining on real data and on what curators with different preferences choose. Only its abstract
was read; the global convergence here is ours.
"""

from ..loops.curation.plural import (
    limit as limit,
    multipliers as multipliers,
    welfare as welfare,
)
from ..models import Categorical
from ..stages import Choose, Loop, Mix, Tilt


def loop(real: Categorical, *, rewards, shares, real_fraction, among: float = float("inf")) -> Loop:
    r"""$p' = (1 - a)\,p \sum_g q_g \frac{e^{r_g}}{E_p e^{r_g}} + a\,r$, with all groups [CU-2].

    The limit of very many candidates; `among` is their number where there are few [CU-8].

    ```python
    real, rewards = gl.Categorical.of([1, 1]), np.log([[1.0, 0.5], [0.5, 1.0]])
    make = gl.papers.zhao2025.loop
    make(real, rewards=rewards, shares=[0.5, 0.5], real_fraction=0.1)(real).probabilities
    # [0.5, 0.5]
    ```
    """
    many = among == float("inf")
    curated = Tilt(rewards, shares) if many else Choose(rewards, among=among, shares=shares)
    return curated >> Mix(real, real_fraction)


LOOPS = {
    "curated-groups-real": "Tilt(reward, shares=(s, 1 - s)) >> Mix(real, a)",
    "curated-groups-choice": "Choose(reward, among=K, shares=(s, 1 - s)) >> Mix(real, a)",
}
"""The loops here as they are typed, with a row of rewards for each of two groups."""


BIBTEX = """@article{zhao2025,
  title = {Convergence and Stability Analysis of Self-Consuming Generative Models with
           Heterogeneous Human Curation},
  author = {Zhao, Hongru and Fu, Jinwen and Pham, Tuan},
  journal = {arXiv preprint arXiv:2511.09002},
  year = {2025},
  eprint = {2511.09002},
  archivePrefix = {arXiv}
}"""
