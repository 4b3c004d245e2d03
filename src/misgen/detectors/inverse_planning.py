"""Inverse planning: which of a list of candidate goals do the actions speak for?

Bayesian inverse planning (Ramachandran and Amir 2007; Baker, Saxe and Tenenbaum 2009). Adapted: goals are those of the world, a
few other places, and no goal at all; the chance of an action falls with the steps it leaves to go, not with a learned Q.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

from misgen.concepts import Access, Cost, Episodes, Handles, Oracle, Subject
from misgen.detectors.goal_likelihoods import B_GRID, Explained, explain
from misgen.detectors.reading import alive

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["InversePlanning", "log_posterior"]


class InversePlanning:
    """log P(a goal other than the intended one | actions so far) - log P(the intended goal | actions so far).

    Candidates share the prior equally: each goal of the world, *elsewhere* (one share, divided among its places), *nowhere* (a
    random walk). The inverse temperature b is marginalised over a grid for each. The online score at step t has seen the action
    of step t. A proxy that is not among the world's goals can only show as elsewhere or nowhere, which this score does not count.
    """

    access = Access(tier=3)

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """Keeps the oracle. Nothing is learned or random."""
        del subject, seed
        self._oracle: Oracle = handles.oracle
        return self

    def score_steps(self, subject: Subject, episodes: Episodes) -> Float[np.ndarray, "time episode"]:
        """Log odds of the other goals against the intended one; 0 before anything speaks for either."""
        del subject
        posterior = log_posterior(explain(self._oracle, episodes), alive(episodes))
        others = [posterior[goal] for goal in self._oracle.goals if goal != self._oracle.intended]
        return np.logaddexp.reduce(others, axis=0) - np.log(len(others)) - posterior[self._oracle.intended]

    def cost(self) -> Cost:
        """Nothing that the harness does not measure."""
        return Cost()


def log_posterior(explained: Explained, taken: np.ndarray) -> dict[str, Float[np.ndarray, "time episode"]]:
    """By candidate (the goals, `elsewhere`, `nowhere`): the log of its probability given the actions up to each step."""
    evidence = {goal: _marginal(steps) for goal, steps in explained.goals.items()}
    if len(explained.elsewhere):
        places = np.stack([_marginal(steps) for steps in explained.elsewhere])
        evidence["elsewhere"] = np.logaddexp.reduce(places, axis=0) - np.log(len(places))
    evidence["nowhere"] = -np.log(explained.num_actions) * np.cumsum(taken, axis=0)
    total = np.logaddexp.reduce(list(evidence.values()), axis=0)
    return {name: found - total for name, found in evidence.items()}


def _marginal(steps: Float[np.ndarray, "b time episode"]) -> Float[np.ndarray, "time episode"]:
    return np.logaddexp.reduce(np.cumsum(steps, axis=1), axis=0) - np.log(len(B_GRID))
