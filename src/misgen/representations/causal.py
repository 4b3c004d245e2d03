"""Does a direction do anything? Asked before anybody concludes something from it, against directions that were drawn blindly."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from misgen.concepts import UserError
from misgen.representations.directions import Direction, Edit

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["NOT_CAUSAL", "Behaviour", "CausalCheck", "Steered", "causal_check"]

Behaviour = Callable[[Sequence[Edit]], "Float[np.ndarray, 'example']"]
"""What a model does under edits, one number from 0 to 1 per example: whether it shows the behaviour, or how likely it is to."""
NOT_CAUSAL = "direction not shown to be causal"


@dataclass(frozen=True, kw_only=True)
class Steered:
    """A model under one edit."""

    kind: str
    """`add` or `remove`."""
    scale: float
    """Lengths of the direction; 0 for `remove`."""
    change: float
    """Mean behaviour with the edit minus without it."""
    behaviour: float
    """Mean behaviour with the edit."""
    benign: float
    """Mean of the benign behaviour with the edit: what has to stay as it is; NaN where none was given."""
    random_change: float
    """Mean size of the change by random directions of equal length under the same edit."""
    random_behaviour: float
    random_benign: float


@dataclass(frozen=True, kw_only=True)
class CausalCheck:
    """Whether adding or removing a direction changes a model, and what else changes with it."""

    behaviour: float
    """Mean behaviour of the model as it is."""
    benign: float
    """Mean benign behaviour of the model as it is; NaN where none was given."""
    steered: tuple[Steered, ...]
    num_examples: int
    num_random: int
    p_value: float
    """Share of all directions, this one among them, whose largest change in the sweep is at least as large as this one's."""
    least_change: float

    @property
    def largest(self) -> Steered:
        """The edit of the sweep that changes the behaviour most."""
        return max(self.steered, key=lambda row: abs(row.change))

    @property
    def shown(self) -> bool:
        """Whether the direction is causal: rarer than 1 in 20 among random ones, and of a size that matters."""
        return self.p_value <= 0.05 and abs(self.largest.change) >= self.least_change

    @property
    def words(self) -> str:
        """The finding in one line."""
        most = self.largest
        what = "removing the direction" if most.kind == "remove" else f"adding {most.scale:+g} of the direction"
        head = "direction is causal" if self.shown else NOT_CAUSAL
        against = f"random directions: {most.random_change:.2f} on average, p = {self.p_value:.2f} of {self.num_random + 1}"
        return f"{head}: {what} takes the behaviour from {self.behaviour:.2f} to {most.behaviour:.2f} ({against})"


def causal_check(
    behaviour: Behaviour,
    direction: Direction,
    *,
    benign: Behaviour | None = None,
    scales: Sequence[float] = (-1.0, 1.0),
    num_random: int = 19,
    least_change: float = 0.1,
    seed: int = 0,
) -> CausalCheck:
    """Add the direction at each of `scales`, remove it, and do the same with `num_random` random directions of equal length.

    The statistic is the largest absolute change of the mean behaviour over the whole sweep, for every direction alike, so that
    looking at several edits costs nothing in validity: with 19 random directions (the default, the fewest that suffice) the
    largest of twenty has p = .05. `least_change` is the change that is worth a name. `behaviour` and `benign` are asked on the
    same examples each time. Random: the control directions, by `seed`. The control is blind: it says nothing of directions
    that vary much in the model's own activations.
    """
    if num_random < 19:
        raise UserError("Fewer than 19 random directions cannot give p = .05", seen=num_random)
    as_is = behaviour(())
    benign_as_is = float(benign(()).mean()) if benign else float("nan")
    sweeps = [_sweep(behaviour, benign, one, scales) for one in (direction, *direction.random_like(num_random, seed=seed))]
    changes = np.abs(np.stack([behaved for behaved, _ in sweeps]) - as_is.mean()).max(1)
    rows = []
    for number, edit in enumerate(_edits(direction, scales)):
        others = np.array([sweep[0][number] for sweep in sweeps[1:]])
        rows.append(
            Steered(
                kind=edit.kind,
                scale=edit.scale if edit.kind == "add" else 0.0,
                change=float(sweeps[0][0][number] - as_is.mean()),
                behaviour=float(sweeps[0][0][number]),
                benign=float(sweeps[0][1][number]),
                random_change=float(np.abs(others - as_is.mean()).mean()),
                random_behaviour=float(others.mean()),
                random_benign=float(np.mean([sweep[1][number] for sweep in sweeps[1:]])),
            )
        )
    return CausalCheck(
        behaviour=float(as_is.mean()),
        benign=benign_as_is,
        steered=tuple(rows),
        num_examples=len(as_is),
        num_random=num_random,
        p_value=float((changes >= changes[0]).mean()),
        least_change=least_change,
    )


def _edits(direction: Direction, scales: Sequence[float]) -> list[Edit]:
    return [*(direction.add(scale) for scale in scales), direction.remove()]


def _sweep(
    behaviour: Behaviour, benign: Behaviour | None, direction: Direction, scales: Sequence[float]
) -> tuple[np.ndarray, np.ndarray]:
    """Mean behaviour and mean benign behaviour, each Float[edit]."""
    edits = _edits(direction, scales)
    behaved = np.array([behaviour((edit,)).mean() for edit in edits])
    kept = np.array([benign((edit,)).mean() if benign else np.nan for edit in edits])
    return behaved, kept
