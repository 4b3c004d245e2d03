"""A row that needs an oracle where there is none says why, in words."""

from __future__ import annotations

import pytest

from misgen.concepts import Access, Enforced, UserError
from misgen.study.board_plans import PLANS
from misgen.study.missing_oracles import REASONS, refusal
from misgen.study.setup import build_scenario
from misgen.worlds.oracle import ManyOracle


def test_keys_and_chests_cannot_be_explored():
    scenario = build_scenario("keys-and-chests", {})
    assert scenario.levels
    with pytest.raises(UserError, match="too many states"):
        ManyOracle(scenario, [scenario.levels("training", num_levels=2, seed=0)])


@pytest.mark.parametrize("name", sorted(REASONS))
def test_whoever_takes_a_missing_oracle_is_told_the_reason_of_that_world(name: str):
    refused = refusal(name, UserError("too many states", seen="over 1024 a level"))
    handles = Enforced(access=Access(tier=3), offers={"oracle": refused})
    with pytest.raises(UserError, match=f"Does not apply on {name}.*over 1024"):
        _ = handles.oracle


def test_another_world_is_told_what_exploring_it_failed_at():
    with pytest.raises(UserError, match="too many states"):
        refusal("elsewhere", UserError("too many states"))()


def test_every_world_with_a_board_is_explored_or_has_a_reason():
    assert set(PLANS) - {"corner"} == set(REASONS)
