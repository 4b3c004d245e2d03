"""Policies from outside in our own scenarios."""

from __future__ import annotations

import polars as pl
import pytest

import misgen
from misgen.concepts import UserError


@pytest.mark.slow
def test_a_function_plays_a_scenario_of_ours():
    def wander(observation, seed):
        return seed % 4

    evidence = misgen.evaluate(misgen.scenario("corner", size=7), policy=wander, num_levels=8, num_untrained=1)
    own = evidence.filter(recipe="policy")
    assert own["subject"].unique().to_list() == ["policy"]
    assert own.height == evidence.filter(recipe="untrained").height > 0
    pairs = own.filter(goal="cheese", condition="distinguishing").sort("level")
    shown, hidden = (pairs.filter(pl.col("erased") == erased)["steps"].to_list() for erased in (False, True))
    assert shown == hidden  # who does not look does the same with the cue hidden


def test_options_of_the_other_form_are_refused_with_the_nearest():
    scenario = misgen.scenario("corner", size=7)
    with pytest.raises(UserError, match="Did you mean num_levels"):
        misgen.evaluate(scenario, policy=lambda observation: 0, num_level=3)
