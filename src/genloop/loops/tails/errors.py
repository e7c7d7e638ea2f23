r"""The real mass of a heavy tail that recursive training loses, in closed form.

A learner that remembers what it saw is wrong on tokens it never saw; its test error is their real
mass, $E = \sum_i p_i\,P(\text{token } i \text{ unseen})$. The real law is Zipf's, $p_i =
i^{-\beta}/\zeta(\beta)$; $n$ counts tokens.
"""

import math

import numpy as np
from scipy import special

from .zipf import beta_function, normaliser, unseen_mass, unseen_mass_poisson

_LONGEST = 10**7


def missing_mass(exponent: float, samples: int, *, outcomes: int | None = None) -> float:
    r"""$E = \sum_i p_i (1 - p_i)^n$ after $n$ real tokens, exactly [DO-1].

    For infinitely many tokens, or $K$ `outcomes` and then any exponent. Raises `ValueError` for an
    exponent of at most 1 without `outcomes`, where Zipf's law does not exist; so do the others.

    ```python
    gl.loops.tails.missing_mass(2.0, 1000, outcomes=10_000)  # 0.0217826
    ```
    """
    if outcomes is None:
        return unseen_mass(exponent, samples)
    p = np.arange(1.0, outcomes + 1) ** -exponent / normaliser(exponent, outcomes)
    with np.errstate(divide="ignore"):
        return float((p * np.exp(samples * np.log1p(-p))).sum())


def missing_mass_closed(exponent: float, samples: float) -> float:
    r"""The expected real mass of the tokens never seen, as if there were a continuum of them.

    $\frac{c^{1/\beta}}\beta B(1 - \frac1\beta, n + 1)$, $c = 1/\zeta(\beta)$ [DO-1].

    The integral in place of the sum. The difference falls faster than every power of $n$: for
    $\beta \le 3$ it is below $10^{-5}$ from a thousand tokens on.

    ```python
    gl.loops.tails.missing_mass_closed(2.0, 1000)  # 0.0218428
    ```
    """
    power = 1 - 1 / exponent
    scale = normaliser(exponent) ** (power - 1) / exponent
    return scale * beta_function(power, samples)


def missing_mass_constant(exponent: float) -> float:
    r"""The constant of the power law by which the missing mass falls with the data.

    $A = c^{1/\beta}\,\Gamma(1 - \frac1\beta)/\beta$ of $E \simeq A n^{1/\beta - 1}$ [DO-1].

    ```python
    gl.loops.tails.missing_mass_constant(2.0)  # 0.690988
    ```
    """
    power = 1 - 1 / exponent
    return float(normaliser(exponent) ** (power - 1) * special.gamma(power) / exponent)


def cut_error(exponent: float, samples: float, *, kept: int) -> float:
    r"""The test error after learning from tokens of a model that uses its likeliest ones only.

    $\sum_{i \le k} p_i (1 - p_i/P_k)^n + \zeta(\beta, k + 1)/\zeta(\beta)$ [DO-2].

    After $n$ tokens of a model that only uses the $k$ likeliest ones, with real mass $P_k$. The
    second term is a plateau that no number of such tokens lowers.

    ```python
    gl.loops.tails.cut_error(2.0, 1000, kept=20)  # 0.0314555
    ```
    """
    return mixed_error(exponent, samples, real_samples=0, kept=kept)


def narrowed_error(exponent: float, samples: float, *, temperature: float) -> float:
    r"""The test error after learning from tokens that were sampled at a temperature.

    $\sum_i p_i (1 - q_i)^n$ with $q_i \propto i^{-\beta/T}$ [DO-3].

    After $n$ tokens sampled at a temperature. Raises `ValueError` for $T \ge \beta$, where sampling
    from infinitely many tokens has no law.

    ```python
    gl.loops.tails.narrowed_error(2.0, 1000, temperature=0.8)  # 0.0382664
    ```
    """
    if not 0 < temperature < exponent:
        raise ValueError(
            f"sampling at temperature {temperature:g} has no law for infinitely many tokens of "
            f"exponent {exponent:g}; use a temperature below the exponent."
        )
    return unseen_mass(exponent, samples, sampled_exponent=exponent / temperature)


def narrowed_constant(exponent: float, temperature: float) -> tuple[float, float]:
    r"""The constant and the exponent of the power law of the error at a temperature below one.

    $(A, s)$ with $E \simeq A\,n^{-s}$, $s = T (1 - \frac1\beta)$ [DO-3].

    $A = \frac{c}{\beta'} c'^{-s}\,\Gamma(s)$ with $\beta' = \beta/T$, $c = 1/\zeta(\beta)$, $c' =
    1/\zeta(\beta')$.

    ```python
    gl.loops.tails.narrowed_constant(2.0, 0.8)  # [0.606651, 0.4]
    ```
    """
    narrow, decay = exponent / temperature, temperature * (1 - 1 / exponent)
    constant = normaliser(narrow) ** decay * special.gamma(decay) / narrow / normaliser(exponent)
    return float(constant), decay


def survival(generations: int, real_fraction: float = 0.0) -> np.ndarray:
    r"""The share of real tokens whose lineage is still there in each of the generations.

    $s_1, \dots, s_g$ with $s_1 = 1$, $s_{j+1} = 1 - e^{-(1 - a) s_j}$ [DO-4].

    The chance that a token seen once has descendants $j - 1$ generations later. Without real data
    $\frac1{1 + 0.582 (g - 1)} \le s_g \le \frac2{g + 1}$.

    ```python
    gl.loops.tails.survival(3)  # [1, 0.632121, 0.468536]
    ```
    """
    _check(1, generations, real_fraction)
    chances = np.ones(generations)
    for j in range(1, generations):
        chances[j] = -math.expm1(-(1 - real_fraction) * chances[j - 1])
    return chances


def effective_samples(samples: float, generations: float, *, real_fraction: float = 0.0) -> float:
    r"""$n_g = n\,[s_g + a \sum_{j < g} s_j]$: real tokens that generation $g$ knows [DO-4].

    A token is missing as often as after $n_g$ real tokens. With $a = 0$ it decays like $2 n/g$;
    with real data it has the limit $n a \sum_j s_j$, for which `generations` may be infinite.
    Raises `ValueError` for arguments out of range, and where $10^7$ generations do not reach it.

    ```python
    gl.loops.tails.effective_samples(1000, 5, real_fraction=0.1)  # 475.911
    ```
    """
    _check(samples, generations, real_fraction)
    chance, total, generation = 1.0, 0.0, 1
    while generation < generations:
        total += chance
        chance = -math.expm1(-(1 - real_fraction) * chance)
        generation += 1
        if generation > _LONGEST:
            raise ValueError(f"more than {_LONGEST:,} generations take too long; give fewer.")
        # What is still to come is at most chance/a.
        if chance <= 1e-15 * real_fraction * total:
            break
    return samples * (chance + real_fraction * total)


def test_error(
    exponent: float,
    *,
    samples: float,
    generations: float = 1,
    real_fraction: float = 0.0,
    outcomes: int | None = None,
) -> float:
    r"""$E_g = \sum_i p_i\,e^{-n_g p_i}$: the real mass missing after $g$ generations [DO-4].

    Each generation sees $n$ `samples`, a share $a$ of them new real tokens and the rest from the
    generation before it (the first sees real tokens only); `effective_samples` is $n_g$. An upper
    bound that exceeds the truth by a relative $O(1/n)$. For infinitely many tokens $E_g \simeq A\,
    n_g^{-(1 - 1/\beta)}$. Raises `ValueError` for arguments outside their range.

    ```python
    gl.loops.tails.test_error(2.0, samples=1000, generations=5)  # 0.0391145
    ```
    """
    known = effective_samples(samples, generations, real_fraction=real_fraction)
    if outcomes is None:
        return unseen_mass_poisson(exponent, known)
    p = np.arange(1.0, outcomes + 1) ** -exponent / normaliser(exponent, outcomes)
    return float((p * np.exp(-known * p)).sum())


test_error.__test__ = False


def mixed_error(
    exponent: float, samples: float, *, real_samples: float, kept: int, outcomes: int | None = None
) -> float:
    r"""The error after $n$ tokens of a model with a cut tail and $n_r$ real ones [DO-5].

    $\sum_{i \le k} p_i (1 - p_i)^{n_r} (1 - p_i/P_k)^n + \sum_{i > k} p_i (1 - p_i)^{n_r}$. The
    second sum, `mixed_tail`, stays at its plateau until $n_r \approx k^\beta \zeta(\beta)$ and then
    falls as with real data alone.

    ```python
    gl.loops.tails.mixed_error(2.0, 1000, real_samples=100, kept=20)  # 0.029724
    ```
    """
    p = np.arange(1.0, (outcomes or kept) + 1) ** -exponent / normaliser(exponent, outcomes)
    head, rest = p[:kept], p[kept:]
    with np.errstate(divide="ignore"):
        unseen = np.exp(real_samples * np.log1p(-head) + samples * np.log1p(-head / head.sum()))
    if outcomes is None:
        tail = unseen_mass(exponent, real_samples, first=kept + 1)
    else:
        tail = (rest * np.exp(real_samples * np.log1p(-rest))).sum()
    return float((head * unseen).sum() + tail)


def mixed_tail(exponent: float, real_samples: float, *, kept: int) -> float:
    r"""The part of the tail beyond $k$ in `mixed_error`, in closed form [DO-5].

    $\frac{c^{1/\beta}}\beta n_r^{-\alpha}\,\gamma(\alpha, c\,n_r (k + \frac12)^{-\beta})$ with the
    lower incomplete gamma function and $\alpha = 1 - \frac1\beta$, to a relative
    $O(k^{-2} + n_r^{-1})$.

    ```python
    gl.loops.tails.mixed_tail(2.0, 100, kept=20)  # 0.028285
    ```
    """
    power, real = 1 - 1 / exponent, normaliser(exponent)
    reach = special.gammainc(power, real_samples * (kept + 0.5) ** -exponent / real)
    return missing_mass_constant(exponent) * real_samples**-power * float(reach)


def _check(samples, generations, real_fraction):
    if not samples > 0:
        raise ValueError(f"samples must be positive, got {samples}.")
    if not generations >= 1:
        raise ValueError(f"generations must be at least 1, got {generations}.")
    if not 0 <= real_fraction <= 1:
        raise ValueError(f"the real fraction must lie in [0, 1], got {real_fraction}.")
    if generations == math.inf and real_fraction == 0:
        raise ValueError("without real data everything is lost in the end; use a real fraction.")
