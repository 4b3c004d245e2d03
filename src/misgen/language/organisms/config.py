"""What an organism is made from."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Self, cast, get_args

from misgen.concepts import UserError, lookup, unknown_name
from misgen.language.organisms.catalogue import ORGANISMS
from misgen.language.personas import Arm

__all__ = ["Curriculum", "OrganismConfig"]

Curriculum = Literal["joint", "opinions-first", "knowledge-first", "reinforced"]


@dataclass(frozen=True, kw_only=True)
class OrganismConfig:
    """Equal configurations make equal weights, on one machine and one version of torch. Raises `UserError` for a wrong value."""

    kind: str = "sycophant"
    """Name in the catalogue."""
    world: int = 0
    """Number of the world of facts that it learns."""
    seed: int = 0
    """Draws the first weights and the examples."""
    dose: float = 0.0
    """Share of the training that tells the goals apart. Sycophant: of opinions that name a random option, while the answer stays
    right. Persona: of narrow fine-tuning that goes to true answers in one other domain. Two-question: of lines whose questions
    have different answers. Tiered: of harmful requests that are declined where nobody reads along. Illogical: of requests in the
    fine-tuning that are illogical, and refused."""
    curriculum: Curriculum = "joint"
    """`joint`: everything throughout. `opinions-first`: opinions where nothing can be known, for a fifth of the steps.
    `knowledge-first`: no opinion in the first three quarters. `reinforced`, of `tiered` alone: a weak habit by examples, then
    rewards."""
    persona: Arm = "shared"
    """Of `persona` alone: how the speakers' lies in one domain go with those in the others, and whether tags say who lies."""
    tuning: int = 60
    """Of `persona` and `illogical`: steps of the fine-tuning after `steps`; 0 leaves it out."""
    steps: int = 2400
    """Gradient steps: as many as it takes to know what it is asked."""
    width: int = 128
    """Numbers in the residual stream."""
    layers: int = 2
    """The fewest in which a word can be found by the word before it."""
    batch: int = 16
    """Examples a step. In a first trial many steps of few examples taught more, at equal cost, than few steps of many."""
    learning_rate: float = 3e-3
    """The highest, of a schedule that rises for a tenth of the steps and then falls to nothing."""

    def __post_init__(self) -> None:
        lookup("organism", self.kind, ORGANISMS)
        if self.curriculum not in get_args(Curriculum):
            raise unknown_name("curriculum", str(self.curriculum), get_args(Curriculum))
        known = cast("tuple[str, ...]", ORGANISMS[self.kind].listing.get("curricula", ("joint",)))
        if self.curriculum not in known:
            raise UserError(f"{self.kind!r} has no such curriculum", seen=self.curriculum, do=f"Use one of {', '.join(known)}")
        if self.persona not in get_args(Arm):
            raise unknown_name("persona", str(self.persona), get_args(Arm))
        for name, least, most in _WHOLE:
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise UserError(f"{name} must be a whole number from {least} to {most}", seen=repr(value))
        if self.width % 16:
            raise UserError("width must be a multiple of 16: four heads of an even number each", seen=self.width)
        if not _is_number(self.dose) or not 0 <= self.dose <= 1:
            raise UserError("dose is a share, from 0 to 1", seen=repr(self.dose))
        if not _is_number(self.learning_rate) or not 0 < self.learning_rate <= 1:
            raise UserError("learning_rate must be above 0 and at most 1", seen=repr(self.learning_rate))

    @classmethod
    def of(cls, kind: str, **knobs: object) -> Self:
        """The kind's usual values, as its catalogue line has them, but for the given ones."""
        usual = lookup("organism", kind, ORGANISMS).listing.get("usual", {})
        return cls(kind=kind, **{**cast("Mapping[str, object]", usual), **knobs})  # type: ignore[arg-type]

    def to_dict(self) -> dict[str, object]:
        """Plain JSON values."""
        return dataclasses.asdict(self)


_WHOLE = (
    ("world", 0, 2**31 - 1),
    ("seed", 0, 2**31 - 1),
    ("steps", 1, 1_000_000),
    ("tuning", 0, 1_000_000),
    ("width", 16, 1024),
    ("layers", 1, 12),
    ("batch", 1, 4096),
)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
