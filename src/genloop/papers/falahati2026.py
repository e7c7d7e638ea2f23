"""Falahati, Amiri, Larson and Golab, "Curated Synthetic Data Doesn't Have to Collapse" (2026).

Two groups of curators choose by rewards of their own. What its Section 3 says is checked in
`theory/falahati2026.md`, which also tells what was read.
"""

from ..loops.curation.plural import (
    basin_leak as basin_leak,
    coexistence_region as coexistence_region,
    coexisting_share as coexisting_share,
    least_reward_variance as least_reward_variance,
    least_share as least_share,
    limit as limit,
    strongest_rival as strongest_rival,
)
from ..stages import Tilt


def loop(rewards, *, share) -> Tilt:
    r"""$p' = p\,(q\,\frac{e^{r_1}}{Z_1} + (1 - q)\,\frac{e^{r_2}}{Z_2})$, without real data [FA-1].

    `rewards` has a row for each of the two groups, `share` is $q$, that of the first.

    ```python
    curated = gl.papers.falahati2026.loop(np.log([[1.0, 0.5], [0.5, 1.0]]), share=0.5)
    curated(gl.Categorical.of([1, 3])).probabilities  # [0.271429, 0.728571]
    ```
    """
    return Tilt(rewards, [share, 1 - share])


LOOPS = {
    "curated-groups": "Tilt(reward, shares=(s, 1 - s))",
}
"""The loop here as it is typed, with a row of rewards for each of two groups."""


BIBTEX = """@inproceedings{falahati2026,
  title = {Curated Synthetic Data Doesn't Have to Collapse: A Theoretical Study of Generative
           Retraining with Pluralistic Preferences},
  author = {Falahati, Ali and Mohammadi Amiri, Mohammad and Larson, Kate and Golab, Lukasz},
  booktitle = {International Conference on Machine Learning},
  year = {2026},
  eprint = {2605.07724},
  archivePrefix = {arXiv}
}"""
