"""`cultural-transmission` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

import numpy as np

from misgen.worlds.cultural_transmission import drawing
from misgen.worlds.cultural_transmission.config import CulturalConfig
from misgen.worlds.cultural_transmission.host_world import CulturalHostWorld
from misgen.worlds.cultural_transmission.levels import Level, Levels, level_at
from misgen.worlds.cultural_transmission.pools import STREAMS, CulturalLevels
from misgen.worlds.cultural_transmission.state import State
from misgen.worlds.seeded_host import SeededHost

__all__ = ["CulturalHost", "host"]


class CulturalHost(SeededHost):
    """What the commands `levels`, `replay`, `play` and `film` need. A mode is a size: `11`.

    Outward coordinates are x to the right and y up, in cells from the bottom left; `Level` and `State` are in rows from the top
    and columns.
    """

    action_names = ("up", "left", "down", "right", "stay")
    scenario = "cultural-transmission"
    conditions = STREAMS
    intended = "round"
    config = CulturalConfig
    mode_knob = "size"

    def distribution(self, config: CulturalConfig) -> CulturalLevels:
        """The level distribution under some knobs."""
        return CulturalLevels(config)

    def facts(self, level: Level) -> dict[str, object]:
        """Width, height, grid (all floor), entities (centres), goal (the first right sphere), both orders."""
        start = level.spheres[level.start]
        spheres = [{"type": f"sphere {number}", **_centre(level.size, cell)} for number, cell in enumerate(level.spheres)]
        first = level.spheres[level.right[level.start]]
        return {
            "width": level.size,
            "height": level.size,
            "grid": np.zeros((level.size, level.size), int).tolist(),
            "codes": {"floor": 0},
            "entities": [{"type": kind, **_centre(level.size, start)} for kind in ("agent", "partner")] + spheres,
            "goal": [first[1], level.size - 1 - first[0]],
            "start": level.start,
            "right_after": list(level.right),
            "partner_after": list(level.partner),
            "seen_upside_down": level.flipped,
        }

    def place(self, level: Level, state: State) -> dict[str, float]:
        """The agent's centre and the partner's."""
        partner = _centre(level.size, level.path[min(int(state.clock), len(level.path) - 1)])
        return {
            **_centre(level.size, (int(state.row), int(state.column))),
            "partner_x": partner["x"],
            "partner_y": partner["y"],
        }

    def level_at(self, levels: Levels, index: int) -> Level:
        """One level of a pool's `levels`, to draw."""
        return level_at(levels, index)

    def episode(self, level: Level) -> CulturalHostWorld:
        """The level as a world to step by hand, not yet reset."""
        return CulturalHostWorld(CulturalConfig(size=level.size, spheres=len(level.spheres)))

    def draw(
        self, level: Level, *, history: State | None = None, erased: frozenset[str] = frozenset(), tile: int = 16
    ) -> np.ndarray:
        """See `drawing.draw`."""
        return drawing.draw(level, history, erased, tile)

    def text(self, level: Level, *, state: State | None = None, erased: frozenset[str] = frozenset(), colour: bool = True) -> str:
        """See `drawing.text`."""
        return drawing.text(level, state, erased, colour)


def _centre(size: int, cell: tuple[int, int]) -> dict[str, float]:
    return {"x": cell[1] + 0.5, "y": size - 1 - cell[0] + 0.5}


host = CulturalHost()
"""The object that the catalogue names."""
