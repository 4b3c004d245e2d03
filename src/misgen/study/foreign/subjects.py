"""Who is evaluated, by what noise they act, and what was seen of them."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from misgen.study.foreign.policies import RandomPolicy, actor_of
from misgen.worlds.luck import luck

if TYPE_CHECKING:
    from misgen.concepts import BlackBoxPolicy
    from misgen.study.foreign.episodes import Played, Stage
    from misgen.study.foreign.plan import EnvPlan

__all__ = ["Sight", "Subject", "actor", "word_of"]

EVALUATION_SEED = 17
"""Seed of the noise that policies act by, as for our own worlds."""


@dataclass(frozen=True, kw_only=True)
class Subject:
    """Somebody who acts, with what Evidence says of them."""

    name: str
    recipe: str
    seed: int
    policy: object
    is_null: bool = False


@dataclass(kw_only=True)
class Sight:
    """One condition as it was played: levels, and per subject and erased goal the episodes in the order of the seeds."""

    stage: Stage
    hashes: list[str]
    played: dict[tuple[str, str | None], list[Played]] = field(default_factory=dict)


def word_of(condition: str, seed: int, subject: Subject) -> int:
    """The noise of an episode: the same for its twins and for all subjects, but for the nulls, of which each has its own."""
    start = np.asarray([EVALUATION_SEED ^ zlib.crc32(condition.encode())], np.uint32)
    return int(luck(start, seed & 0x7FFFFFFF, 1 + subject.seed if subject.is_null else 0)[0])


def actor(plan: EnvPlan, subject: Subject, stage: Stage) -> BlackBoxPolicy:
    """The subject, ready to act in this environment."""
    policy = RandomPolicy(stage.spaces) if subject.is_null and isinstance(subject.policy, str) else subject.policy
    return actor_of(policy, stage.spaces, sample=plan.sample)
