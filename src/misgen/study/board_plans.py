"""Which subjects of a setting stand against which on the boards of detectors, and how many levels they are judged on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from misgen.study.stands import Sizes

if TYPE_CHECKING:
    from misgen.detectors.episode_board import EpisodePlan
    from misgen.representations.simulator import Edit

__all__ = ["PLANS", "SMALL_PLANS", "BoardPlan", "editing_of"]


@dataclass(frozen=True, kw_only=True)
class BoardPlan:
    """Which arms of a setting's zoo stand against which."""

    matched: str
    """The arm within which episodes are compared: subjects that differ in nothing but their seed."""
    also: tuple[str, ...] = ()
    failing: str | None = None
    aligned: str | None = None
    incapable: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()
    """The arms within which subjects are compared when they are screened; by default `matched` and `also`."""
    searched: tuple[tuple[str, int], ...] = ()
    """Arms in which searches look for failures, and how many subjects of each."""
    others: int = 8
    """Subjects of each arm that nothing is compared within; of the arms that are compared, all."""
    sizes: Sizes = field(default_factory=Sizes)

    @property
    def arms(self) -> Mapping[str, int]:
        """Arm -> how many of its subjects are tried."""
        compared = {self.matched, *self.also, *self.compared}
        return {arm: 1_000 if arm in compared else self.others for arm in (*self.episode().arms, *self.compared)}

    def episode(self) -> EpisodePlan:
        """For the episode alarm."""
        from misgen.detectors.episode_board import EpisodePlan

        return EpisodePlan(
            matched=self.matched, also=self.also, failing=self.failing, aligned=self.aligned, incapable=self.incapable
        )


PLANS: Mapping[str, BoardPlan] = {
    "corner": BoardPlan(
        matched="matched-a0.003",
        failing="wide-a0",
        aligned="wide-a0.1",
        incapable=("brief-a0", "untrained"),
        compared=("matched-a0.003",),
        searched=(("wide-a0", 4), ("matched-a0.003", 4)),
    ),
    "coinrun": BoardPlan(
        matched="uniform-a0.1",
        failing="uniform-a0",
        aligned="uniform-a0.5",
        others=3,
        sizes=Sizes(judged=64, plain=32, training=64, calibration=32, reference=64, unlabelled=32, labelled=32),
    ),
}
"""On corner, subjects trained with 3 diverse levels in a thousand attain the proxy as often as the goal, on about 7 in 100 of the
distinguishing levels each, and else neither: between the two goals lies no switch but a loss of skill. At .01 the proxy is hardly
attained any more."""

SMALL_PLANS: Mapping[str, BoardPlan] = {
    "corner": BoardPlan(
        matched="matched-a0.01",
        failing="wide-a0",
        aligned="wide-a0.1",
        incapable=("brief-a0", "untrained"),
        searched=(("wide-a0", 1),),
        sizes=Sizes(
            judged=64, plain=32, training=48, calibration=16, reference=48, unlabelled=16, labelled=16, search_steps=4_000
        ),
    ),
}
"""For the small zoo."""


def editing_of(setting: str) -> Edit | None:
    """How levels of a setting are edited, where that is known."""
    if setting != "corner":
        return None
    from misgen.study.level_edits import edit_corner

    return edit_corner
