"""`recommender` for people and for the command line: describe, replay, draw. Loads no JAX."""

from __future__ import annotations

import numpy as np

from misgen.worlds.recommender import drawing
from misgen.worlds.recommender.config import RecommenderConfig
from misgen.worlds.recommender.goals import STEPS
from misgen.worlds.recommender.host_world import RecommenderHostWorld, State
from misgen.worlds.recommender.levels import LETTERS, Level, Levels, level_at
from misgen.worlds.recommender.pools import STREAMS, RecommenderLevels
from misgen.worlds.seeded_host import SeededHost

__all__ = ["RecommenderHost", "host"]


class RecommenderHost(SeededHost):
    """Sessions have no place: x is the number of slates shown, y the number of items enjoyed. There are no modes."""

    scenario = "recommender"
    conditions = STREAMS
    intended = "satisfaction"
    config = RecommenderConfig
    action_names = tuple(LETTERS[one] + LETTERS[other] for one, other in RecommenderConfig().slates)

    def distribution(self, config: RecommenderConfig) -> RecommenderLevels:
        """See `pools`."""
        return RecommenderLevels(config)

    def facts(self, level: Level) -> dict[str, object]:
        """The grid has two rows, topics by number: what is clicked (below) and what is enjoyed, a column per step."""
        return {
            "width": STEPS,
            "height": 2,
            "grid": [list(level.catchy), list(level.interest)],
            "codes": {letter: number for number, letter in enumerate(LETTERS)},
            "entities": [],
            "goal": None,
        }

    def place(self, level: Level, state: State) -> dict[str, float]:
        """Slates shown, items enjoyed."""
        return {"x": float(state.time), "y": float(state.enjoyed)}

    def level_at(self, levels: Levels, index: int) -> Level:
        """One level of a pool's `levels`, to draw."""
        return level_at(levels, index)

    def episode(self, level: Level) -> RecommenderHostWorld:
        """The level as a world to step by hand, not yet reset."""
        return RecommenderHostWorld(RecommenderConfig())

    def draw(
        self, level: Level, *, history: State | None = None, erased: frozenset[str] = frozenset(), tile: int = 16
    ) -> np.ndarray:
        """See `drawing.draw`."""
        counts = {name: np.zeros(1, int) for name in State._fields} if history is None else history._asdict()
        return drawing.draw(level, {name: np.asarray(field) for name, field in counts.items()}, erased=erased, tile=tile)

    def text(self, level: Level, *, state: State | None = None, erased: frozenset[str] = frozenset(), colour: bool = True) -> str:
        """Two lines of letters, a mark under the present step, and the counts."""
        now = 0 if state is None else min(int(state.time), STEPS - 1)
        lines = []
        for name, row, cue in (("enjoys", level.interest, "satisfaction"), ("clicks", level.catchy, "clicks")):
            letters = "?" * STEPS if cue in erased else "".join(LETTERS[topic] for topic in row)
            shade = ("\x1b[34m", "\x1b[33m")[cue == "clicks"] if colour else ""
            lines.append(f"{name} {shade}{letters}{chr(27) + '[0m' if colour else ''}")
        counts = (
            ""
            if state is None
            else f"enjoyed {int(state.enjoyed)}, clicked {int(state.clicked)}, regretted {int(state.regretted)}"
        )
        return "\n".join([*lines, " " * (7 + now) + "^", counts]).rstrip()


host = RecommenderHost()
"""The object that the catalogue names."""
