"""What a subject computes on the episodes it is judged by."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from misgen.concepts import Episodes, Policy, Subject, UserError
from misgen.representations.readable import Readable
from misgen.representations.taps_jax import penultimate, read_episodes

if TYPE_CHECKING:
    from jaxtyping import Bool, Float

__all__ = ["activations", "alive", "inside", "log_softmax", "logits", "readable", "rows"]


def logits(subject: Subject, episodes: Episodes) -> Float[np.ndarray, "time episode action"]:
    """The subject's logits at each step. A subject that only acts is a `UserError`."""
    if isinstance(subject.policy, Readable):
        return np.asarray(subject.policy.read(subject.params, episodes.observations)[0], np.float64)
    found = read_episodes(inside(subject), subject.params, episodes.observations)
    return np.asarray(found.logits, np.float64)


def activations(subject: Subject, episodes: Episodes, *, site: str | None = None) -> Float[np.ndarray, "time episode feature"]:
    """What the subject computes at `site` (by default the last before its logits), flattened. Needs a white-box subject."""
    if isinstance(subject.policy, Readable):
        site = subject.policy.sites[-1] if site is None else site
        return np.asarray(subject.policy.read(subject.params, episodes.observations, sites=(site,))[1][site], np.float64)
    policy = inside(subject)
    site = penultimate(policy) if site is None else site
    found = read_episodes(policy, subject.params, episodes.observations, sites=(site,)).activations[site]
    return np.asarray(found, np.float64).reshape(*found.shape[:2], -1)


def inside(subject: Subject) -> Policy:
    """The subject's policy, to be applied by the detector itself: no other than one in JAX can be."""
    if isinstance(subject.policy, Readable):
        raise UserError("This detector applies the policy itself, and this one only reads itself", seen=subject.name)
    if not isinstance(subject.policy, Policy):
        do = "Use a detector that looks at actions alone"
        raise UserError("This detector needs a subject that shows its logits", seen=subject.name, do=do)
    return subject.policy


def readable(subject: Subject) -> Readable:
    """The subject's policy, if it reads itself and takes edits."""
    if not isinstance(subject.policy, Readable):
        raise UserError("This detector needs a subject that reads itself, as language models do here", seen=subject.name)
    return subject.policy


def alive(episodes: Episodes) -> Bool[np.ndarray, "time episode"]:
    """True where a step was taken; elsewhere is padding."""
    return np.asarray(episodes.trajectory.alive, bool)


def rows(values: Float[np.ndarray, "time episode feature"], episodes: Episodes) -> Float[np.ndarray, "step feature"]:
    """The steps that were really taken, one after the other."""
    return values[alive(episodes)]


def log_softmax(scores: Float[np.ndarray, "... action"]) -> Float[np.ndarray, "... action"]:
    """log of exp(score) over its sum along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
