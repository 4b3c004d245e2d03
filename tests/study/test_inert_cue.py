from __future__ import annotations

import numpy as np

from misgen.concepts import World
from misgen.study.inert_cue import INERT, WithInertCue
from misgen.worlds.corner.config import CornerConfig
from misgen.worlds.corner.dynamics import CornerWorld
from misgen.worlds.corner.levels import pack, parse

LEVELS = pack([parse(".......\n.......\n..c....\n.......\n.......\n....@..\n.......")])


def test_the_inert_cue_hides_nothing_and_the_worlds_own_still_hide_theirs():
    world = CornerWorld(CornerConfig(size=7))
    wrapped = WithInertCue(world)  # type: ignore[arg-type]
    assert isinstance(wrapped, World)
    assert wrapped.cues == ("cheese", INERT)
    state = world.reset(LEVELS, np.int32(0))  # type: ignore[arg-type]
    for hidden in (False, True):
        for inert in (False, True):
            seen = wrapped.observe(LEVELS, state, np.array([hidden, inert]))
            assert np.array_equal(seen, world.observe(LEVELS, state, np.array([hidden])))  # type: ignore[arg-type]
