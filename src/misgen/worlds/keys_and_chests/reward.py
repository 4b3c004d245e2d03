"""A reward that recipes can name: the published one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxtyping import Array, Bool, Float

__all__ = ["each_chest"]


def each_chest(setting: Any) -> Callable[[Bool[Array, "goals"]], Float[Array, ""]]:
    """1 for every chest opened (Langosco et al. 2022; Abdel Sadek et al. 2025). `setting.world` names the scores."""
    opened = setting.world.goals.index("opened")
    return lambda scores: scores[..., opened].astype("float32")
