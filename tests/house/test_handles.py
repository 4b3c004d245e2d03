"""What a method is handed: refused above its tier, counted, logged."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from misgen.concepts import Access, AccessRefusedError, Enforced, Episodes, Labelled, Trajectory, UserError
from misgen.concepts.handles import TIERS


def episodes(num: int) -> Episodes:
    rows = Trajectory(np.zeros((3, num), int), None, None, None, np.ones((3, num), bool))
    return Episodes(observations=np.zeros((3, num, 2)), trajectory=rows, levels=tuple(str(n) for n in range(num)))


@given(st.integers(0, 4), st.sampled_from(sorted(TIERS)))
def test_exactly_the_handles_up_to_the_declared_tier_are_handed_out(tier, name):
    offered = Labelled(episodes=episodes(2), outcomes=("G", "P")) if name == "labelled" else object()
    handles = Enforced(access=Access(tier=tier, labels=2), offers={name: offered})
    if TIERS[name] <= tier:
        getattr(handles, name)
    else:
        with pytest.raises(AccessRefusedError, match=f"of tier {TIERS[name]}"):
            getattr(handles, name)
    assert [(line.handle, line.allowed) for line in handles.log] == [(name, TIERS[name] <= tier)]


def test_no_more_labels_are_handed_out_than_were_declared():
    offered = Labelled(episodes=episodes(5), outcomes=("G", "P", "X", "G", "P"))
    found = Enforced(access=Access(tier=2, labels=2), offers={"labelled": offered}).labelled
    assert found.outcomes == ("G", "P")
    assert found.episodes.levels == ("0", "1")
    assert np.asarray(found.episodes.observations).shape == (3, 2, 2)


def test_what_is_costly_is_made_when_it_is_asked_for():
    made = []
    handles = Enforced(access=Access(tier=0), offers={"training": lambda: made.append(1) or episodes(1)})
    assert not made
    assert len(handles.training) == 1
    assert handles.used == ("training",)


def test_a_handle_that_a_setting_lacks_is_named():
    with pytest.raises(UserError, match="'oracle' is not offered"):
        _ = Enforced(access=Access(tier=3), offers={}).oracle


def test_a_misspelt_handle_is_told_the_nearest():
    with pytest.raises(UserError, match="reference"):
        Enforced(access=Access(tier=0), offers={"referense": episodes(1)})
