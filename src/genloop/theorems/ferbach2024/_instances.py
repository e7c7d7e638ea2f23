"""Distributions and rewards that the theorems of curation are checked on, and their enumeration."""

import itertools
import math

import numpy as np

from ...models import Categorical

REWARDS = np.array([0.0, 1.5, -0.7, 1.5, 3.0])


def distributions(seed: int, count: int, outcomes: int) -> list[Categorical]:
    """Random distributions, some outcomes of which are rare."""
    rng = np.random.default_rng([seed, 20])
    return [Categorical.of(rng.dirichlet(np.full(outcomes, 0.6))) for _ in range(count)]


def enumerated(model: Categorical, rewards: np.ndarray, among: int) -> np.ndarray:
    """What is chosen, by all multisets of candidates and their multinomial chances."""
    shares, odds = np.asarray(model.probabilities), np.exp(rewards - np.max(rewards))
    terms = [[] for _ in shares]
    for places in itertools.combinations_with_replacement(range(len(shares)), among):
        counts = np.bincount(places, minlength=len(shares))
        ways = math.factorial(among) / math.prod(math.factorial(n) for n in counts)
        chance = ways * math.prod(float(p) ** int(n) for p, n in zip(shares, counts, strict=True))
        total = counts @ odds
        for place in set(places):
            terms[place].append(chance * counts[place] * odds[place] / total)
    return np.array([math.fsum(term) for term in terms])


def orbit(run, model: Categorical, generations: int) -> list[Categorical]:
    """The states of a loop, normalised in every generation."""
    states = [model]
    for _ in range(generations):
        states.append(run(states[-1]).normalised())
    return states


def mean_odds(model: Categorical, rewards: np.ndarray) -> float:
    """The mean of the exponential of the reward."""
    return float(np.asarray(model.probabilities) @ np.exp(rewards))
