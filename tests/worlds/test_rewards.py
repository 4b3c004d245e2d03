from __future__ import annotations

from types import SimpleNamespace

import jax.numpy as jnp
import pytest

from misgen.concepts import UserError
from misgen.worlds.rewards import weighted

SETTING = SimpleNamespace(world=SimpleNamespace(goals=("finish", "points", "target")))


def test_a_weighted_reward_pays_each_goal_its_weight():
    reward = weighted(SETTING, goals=("target", "finish"), weights=(1.0, 5.0))  # type: ignore[arg-type]
    assert [float(reward(jnp.array(row))) for row in ([1, 0, 1], [0, 1, 0], [0, 0, 1])] == [6.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("options", "words"), [({"goals": ("targets",)}, "target"), ({"goals": ("target",), "weights": (1.0, 2.0)}, "1 goals, 2")]
)
def test_a_reward_that_does_not_fit_the_world_is_refused(options: dict, words: str):
    with pytest.raises(UserError, match=words):
        weighted(SETTING, **options)  # type: ignore[arg-type]
