"""What a step detector says of episodes, checked: shape, finiteness, and that it does not look ahead."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from misgen.concepts import Episodes, StepDetector, Subject, UserError
from misgen.representations.recording import prefix

__all__ = ["not_causal", "scores_of"]


def scores_of(detector: StepDetector, subject: Subject, episodes: Episodes, *, where: str = "episodes") -> np.ndarray:
    """Float64[time, episode], checked; 0 in padding."""
    found = np.asarray(detector.score_steps(subject, episodes), np.float64)
    alive = np.asarray(episodes.trajectory.alive, bool)
    if found.shape != alive.shape:
        raise UserError("A detector's scores have another shape than the episodes", seen=f"{found.shape}, not {alive.shape}")
    num_bad = int((~np.isfinite(found[alive])).sum())
    if num_bad:
        raise UserError("A detector's scores are not finite", seen=f"{num_bad} of {alive.sum()} on {where}")
    return np.where(alive, found, 0.0)


def not_causal(detector: StepDetector, subject: Subject, episodes: Episodes, *, cuts: Sequence[int], tolerance: float) -> float:
    """The largest difference between the score of a truncated episode and the prefix of the whole one's, over `tolerance` x the
    scores' spread; above 1 the detector looks ahead. `subject` is as the detector is shown it."""
    whole = scores_of(detector, subject, episodes)
    alive = np.asarray(episodes.trajectory.alive, bool)
    spread = max(float(np.std(whole[alive])), float(np.abs(whole[alive]).max()) * 1e-3, 1e-9)
    worst = 0.0
    for cut in cuts:
        part = scores_of(detector, subject, prefix(episodes, cut))
        worst = max(worst, float(np.abs(part - whole[:cut]).max()))
    return worst / (tolerance * spread)
