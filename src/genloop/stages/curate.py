"""Training on what curators choose."""

import functools
from typing import Any

import equinox as eqx
from jaxtyping import Array, Float

from ..arguments import check_at_least, check_model
from ..models.curation import AbstractReward, as_reward, shares_of_curators
from .stage import AbstractExactStage

_one_or_more = functools.partial(check_at_least, "among", least=1)


class AbstractCuration(AbstractExactStage):
    """Learn from what curators choose by a reward.

    ```python
    issubclass(gl.Tilt, gl.stages.AbstractCuration)  # True
    ```
    """

    reward: eqx.AbstractVar[AbstractReward]
    shares: eqx.AbstractVar[Any]
    batched = True

    def __check_init__(self):
        self.reward.shares(self.shares)


class Tilt(AbstractCuration):
    r"""Learn from what curators choose among very many samples: the density becomes $p e^r/Z$.

    For a `Categorical` the reward is an array $r$ of shape `(K,)`, or `(groups, K)` with `shares`
    $c_g$ of the groups of curators, of sum one: every point is chosen by one of them, $p_i \to
    \sum_g c_g\,p_i e^{r_{gi}}/\sum_j p_j e^{r_{gj}}$. It is a map of the model: a `Draw(n)` behind
    it draws $n$ chosen points, which have this law. Raises `ValueError` for rewards that are not
    finite or do not fit the outcomes, and for shares that do not fit the groups. For a `Gaussian`
    the reward is a `LinearReward` or a `QuadraticReward`, or a list of them for groups, and the
    stage is the fit to what is chosen.

    ```python
    gl.Tilt(jnp.log(jnp.array([1, 1, 2])))(gl.Categorical.of([5, 3, 2])).probabilities
    # [0.416667, 0.25, 0.333333]
    ```
    """

    reward: AbstractReward = eqx.field(converter=as_reward)
    shares: Float[Array, " groups"] | None = eqx.field(converter=shares_of_curators, default=None)

    def __call__(self, model):
        check_model(model)
        return model.tilt(self.reward, self.shares)

    def jacobian(self, model):
        known = getattr(model, "tilt_jacobian", None)
        return None if known is None else known(self.reward, self.shares)


class Choose(AbstractCuration):
    r"""Learn from what curators choose among $K$ samples each, with chances like $e^r$ [ST-D1].

    With $y = e^r$ and candidates $x_1, \dots, x_K$ from $p$ the chosen one has the law
    $p_x H(x)$, $H(x) = \mathbb{E}[K y_x/(y_x + y_{x_2} + \dots + y_{x_K})]$: exact for finitely
    many outcomes, and in its mean and covariance for a `Gaussian` and a `LinearReward`, with any
    `among` $= K \ge 1$; $K = 1$ is the identity and $K \to \infty$ `Tilt`.
    Rewards and `shares` of groups are those of `Tilt`, and a `Draw(n)` behind it draws $n$ chosen
    points. Raises `ValueError` like `Tilt`, and unless `among` is a whole number of at least 1.

    ```python
    chosen = gl.Choose([0.0, 1.0], among=2)(gl.Categorical.of([7, 3]))
    chosen.probabilities  # [0.602955, 0.397045]
    ```
    """

    reward: AbstractReward = eqx.field(converter=as_reward)
    among: int = eqx.field(static=True, converter=_one_or_more, kw_only=True)
    shares: Float[Array, " groups"] | None = eqx.field(converter=shares_of_curators, default=None)

    def __call__(self, model):
        check_model(model)
        return model.choose(self.reward, self.among, self.shares)

    def jacobian(self, model):
        known = getattr(model, "choose_jacobian", None)
        return None if known is None else known(self.reward, self.among, self.shares)
