"""MEG of a subject in a level."""

from __future__ import annotations

import numpy as np
from tests.detectors.grid_oracle import RIGHT, GridOracle, handles, played
from tests.detectors.table_policy import pursuer

from misgen.detectors.meg import GoalDirectedness, SubjectGoalDirectedness, meg_by_goal

FORK = """
x...@..c
.##.##..
........
"""


def test_who_pursues_the_proxy_is_suspected_before_the_first_step_and_who_pursues_the_goal_is_not() -> None:
    oracle = GridOracle({"fork": FORK})
    seen = played(oracle, "fork", [RIGHT, RIGHT])
    for goal, sign in (("corner", 1), ("cheese", -1)):
        one = pursuer(oracle, "fork", goal)
        score = GoalDirectedness().fit(one, handles(oracle), seed=0).score_steps(one, seen)
        assert (sign * score > 2).all()
        assert score.shape == (2, 1)
        of_subject = SubjectGoalDirectedness().score_subject(one, handles(oracle, unlabelled=lambda: seen), seed=0)
        assert np.isclose(of_subject, score[0, 0])


def test_meg_toward_the_pursued_goal_is_bounded_by_the_nats_of_a_perfect_prediction() -> None:
    oracle = GridOracle({"fork": FORK})
    nats = meg_by_goal(oracle, pursuer(oracle, "fork", "cheese"), ["fork"])
    assert 0 <= nats["corner"][0] < nats["cheese"][0] <= 3 * np.log(4)  # three steps, then it is over
