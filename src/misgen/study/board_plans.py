"""Which subjects of a setting stand against which on the boards of detectors, and how many levels they are judged on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from misgen.concepts import Entry, resolve
from misgen.study.stands import Sizes

if TYPE_CHECKING:
    from misgen.detectors.episode_board import EpisodePlan
    from misgen.representations.simulator import Edit

__all__ = ["EDITS", "PLANS", "SMALL_PLANS", "BoardPlan", "editing_of"]


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
        searched=(("uniform-a0", 3), ("uniform-a0.1", 3)),
        others=3,
        sizes=Sizes(
            judged=64, plain=32, training=64, calibration=32, reference=64, unlabelled=32, labelled=32, search_steps=8_000
        ),
    ),
    "keys-and-chests": BoardPlan(
        matched="main-a0",
        also=("main-a0.1",),
        failing="main-a0",
        aligned="main-a0.1",
        incapable=("untrained",),
        searched=(("main-a0", 4), ("main-a0.1", 4)),
        sizes=Sizes(
            judged=128, plain=64, training=128, calibration=64, reference=128, unlabelled=64, labelled=64, search_steps=16_000
        ),
    ),
}
"""On corner, subjects trained with 3 diverse levels in a thousand attain the proxy as often as the goal, on about 7 in 100 of the
distinguishing levels each, and else neither: between the two goals lies no switch but a loss of skill. At .01 the proxy is hardly
attained any more. On keys-and-chests both happen often and on the same levels already without diverse levels (goal 40, proxy 55
in 100), so that arm is compared within itself, though hardly any subject of it is labelled. Proving an edited level of coinrun
takes as long as playing it, so searches there get fewer steps."""

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

_TEXT = BoardPlan(
    matched="matched",
    failing="proxy",
    aligned="aligned",
    incapable=("brief", "untrained"),
    compared=("matched",),
    searched=(("proxy", 1),),
    sizes=Sizes(judged=64, plain=64, training=256, calibration=64, reference=256, unlabelled=48, labelled=64),
)
TEXT_PLANS: Mapping[str, BoardPlan] = {
    "two-question": replace(_TEXT, sizes=replace(_TEXT.sizes, judged=128, plain=96, unlabelled=64)),
    "sycophant": _TEXT,
}
"""Of settings whose subjects are language organisms. A world of facts has no more sycophant's items than these: 88 facts and 47
pairs of numbers, none of them in two sets. Searches are on the board of one organism, to say why they cannot be tried."""

SMALL_TEXT_PLANS: Mapping[str, BoardPlan] = {
    "two-question": replace(
        _TEXT,
        aligned=None,
        sizes=Sizes(judged=48, plain=32, training=64, calibration=32, reference=64, unlabelled=16, labelled=32, ensemble=2),
    ),
}
"""For the small zoo's organisms."""


EDITS: Mapping[str, str] = {
    "corner": "misgen.study.level_edits:edit_corner",
    "coinrun": "misgen.study.coinrun_edits:edit_coinrun",
    "keys-and-chests": "misgen.study.keys_edits:edit_keys",
}
"""Setting -> what makes one random edit of each level."""


def editing_of(setting: str) -> Edit | None:
    """How levels of a setting are edited, where that is known."""
    if setting not in EDITS:
        return None
    return cast("Edit", resolve(Entry(target=EDITS[setting], summary="")))
