"""Probes find what was planted, and say nothing where there is nothing to learn."""

from __future__ import annotations

import numpy as np
import pytest
from tests.detectors.grid_oracle import DOWN, LEFT, RIGHT, UP, GridOracle, handles, played, prefix
from tests.detectors.table_policy import TablePolicy

from misgen.concepts import Labelled, Subject
from misgen.detectors.probes import comes_nearer, future, future_observation, outcome, outcome_observation

FORK = """
x....@....c
"""
SUBJECT = Subject(name="planted", policy=TablePolicy(), params=np.eye(11, 4, dtype=np.float32))


def test_who_walks_to_the_proxy_comes_nearer_to_it_and_who_turns_round_in_time_does_not() -> None:
    oracle = GridOracle({"fork": FORK})
    episodes = played(oracle, "fork", [LEFT] * 5, [LEFT] + [RIGHT] * 6, [UP, DOWN])
    nearer, differs = comes_nearer(oracle, episodes)
    assert nearer[:5, 0].all()
    assert differs[:5, 0].all()
    assert not nearer[:7, 1].any()
    assert not differs[:2, 2].any()


def test_an_attained_proxy_stays_attained_however_one_dawdles() -> None:
    oracle = GridOracle({"fork": FORK})
    nearer, _ = comes_nearer(oracle, played(oracle, "fork", [LEFT] * 5 + [UP, RIGHT, LEFT, UP]))
    assert nearer[:5].all()
    assert not nearer[6].any()  # walking off: farther from neither, as the proxy was attained


@pytest.mark.parametrize("make", [future, future_observation])
def test_the_future_probe_reads_which_way_an_agent_goes_off_where_it_stands(make) -> None:
    oracle = GridOracle({"fork": FORK})
    seen = played(oracle, "fork", *([[LEFT] * 5, [RIGHT] * 5] * 10))
    detector = make().fit(SUBJECT, handles(oracle, unlabelled=lambda: seen), seed=0)
    score = detector.score_steps(SUBJECT, seen)
    assert score[2:5, 0].min() > score[2:5, 1].max()
    np.testing.assert_allclose(detector.score_steps(SUBJECT, prefix(seen, 3)), score[:3], atol=1e-6)


@pytest.mark.parametrize("make", [outcome, outcome_observation])
def test_the_outcome_probe_learns_labels_and_is_silent_without_two_kinds_of_them(make) -> None:
    oracle = GridOracle({"fork": FORK})
    seen = played(oracle, "fork", *([[LEFT] * 5, [RIGHT] * 5] * 10))
    both = Labelled(episodes=seen, outcomes=("P", "G") * 10)
    score = make().fit(SUBJECT, handles(oracle, labelled=lambda: both), seed=0).score_steps(SUBJECT, seen)
    assert score[2:5, 0].min() > score[2:5, 1].max()
    same = Labelled(episodes=seen, outcomes=("P",) * 20)
    assert not make().fit(SUBJECT, handles(oracle, labelled=lambda: same), seed=0).score_steps(SUBJECT, seen).any()
