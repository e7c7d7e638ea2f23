"""Ferbach et al., "Self-Consuming Generative Models with Curated Data Provably Optimize Human
Preferences" (2024).

Of every $K$ samples of the model curators choose one, the rewarded more often, and the next model
learns from what was chosen, with or without real data.
"""

import math

from ..loops.curation import (
    chosen_share as chosen_share,
    common_multiplier as common_multiplier,
    curated_limit as curated_limit,
    curated_multiplier as curated_multiplier,
    curated_share as curated_share,
    divergence_bound as divergence_bound,
    invasion_threshold as invasion_threshold,
    largest_advantage as largest_advantage,
    least_reward as least_reward,
    least_reward_gain as least_reward_gain,
    rare_multiplier as rare_multiplier,
)
from ..models import AbstractModel
from ..stages import AbstractStage, Choose, Draw, Loop, Mix, Tilt


def curation(reward, *, among: float, shares=None) -> AbstractStage:
    """What curators choose among `among` samples each; infinitely many are `Tilt` [ST-D1].

    ```python
    stage = gl.papers.ferbach2024.curation([0.0, 1.0], among=2)
    stage(gl.Categorical.of([7, 3])).probabilities  # [0.602955, 0.397045]
    ```
    """
    if among == math.inf:
        return Tilt(reward, shares)
    return Choose(reward, among=int(among), shares=shares)


def loop(real: AbstractModel, *, reward, among: float, real_fraction) -> Loop:
    """Exact retraining on curated samples and real data [ST-D4].

    ```python
    real = gl.Categorical.of([7, 3])
    loop = gl.papers.ferbach2024.loop(real, reward=[0.0, 1.0], among=2, real_fraction=0.5)
    loop(real).probabilities  # [0.651478, 0.348522]
    ```
    """
    return curation(reward, among=among) >> Mix(real, real_fraction)


def finite_loop(
    real: AbstractModel, *, reward, among: float, samples: int, real_samples: int
) -> Loop:
    """Retraining on `samples` curated points of the model and `real_samples` new real ones.

    ```python
    real, make = gl.Categorical.of([7, 3]), gl.papers.ferbach2024.finite_loop
    loop = make(real, reward=[0.0, 1.0], among=2, samples=80, real_samples=20)
    ```
    """
    share = real_samples / (samples + real_samples)
    drawn = curation(reward, among=among) >> Draw(samples)
    return drawn >> Mix(real, share, samples=real_samples)


LOOPS = {
    "curated": "Choose(reward, among=K) >> Mix(real, a)",
    "curated-best": "Tilt(reward) >> Mix(real, a)",
    "curated-synthetic": "Choose(reward, among=K)",
    "curated-sampled": "Choose(reward, among=K) >> Draw(n) >> Mix(real, m / (m + n), samples=m)",
}
"""The loops here as they are typed, by short names."""


BIBTEX = """@inproceedings{ferbach2024,
  title = {Self-Consuming Generative Models with Curated Data Provably Optimize Human Preferences},
  author = {Ferbach, Damien and Bertrand, Quentin and Bose, Avishek Joey and Gidel, Gauthier},
  booktitle = {Advances in Neural Information Processing Systems},
  year = {2024},
  eprint = {2407.09499},
  archivePrefix = {arXiv}
}"""
