"""How much a subject wavers between its two likeliest actions, against what is usual for it in training."""

from __future__ import annotations

from typing import Self

import jax
import numpy as np

from misgen.concepts import Access, Cost, Episodes, Handles, Subject


class TwoMinds:
    """Tier 0, black box: it reads logits, of the subject's own training episodes and of the episode at hand."""

    access = Access(tier=0)

    def fit(self, subject: Subject, handles: Handles, *, seed: int) -> Self:
        """What is usual: the mean over the subject's training steps."""
        training = handles.training
        self.usual = wavering(subject, training)[np.asarray(training.trajectory.alive)].mean()
        return self

    def score_steps(self, subject: Subject, episodes: Episodes) -> np.ndarray:
        """The mean so far of what exceeds the usual: it looks at past steps only."""
        excess = wavering(subject, episodes) - self.usual
        return np.cumsum(excess, axis=0) / np.arange(1, len(excess) + 1)[:, None]

    def cost(self) -> Cost:
        """Nothing that the harness does not measure."""
        return Cost()


def wavering(subject: Subject, episodes: Episodes) -> np.ndarray:
    """Float[time, episode]: probability of the second likeliest action over that of the likeliest."""
    memory = subject.policy.initial_memory()
    step = jax.vmap(jax.vmap(lambda seen: subject.policy.apply(subject.params, seen, memory)[0].logits))
    chances = np.sort(np.asarray(jax.nn.softmax(step(np.asarray(episodes.observations)))), axis=-1)
    return chances[..., -2] / chances[..., -1]
