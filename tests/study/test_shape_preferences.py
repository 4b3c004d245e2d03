from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, cast

import jax.numpy as jnp
import numpy as np
import pytest

from misgen.measurement.intervals import Interval
from misgen.records import read_json
from misgen.study.duels import Choices, duel, preference
from misgen.study.shape_preferences import PAIRS, most_divided
from misgen.study.shape_preferences_page import answer, preferences_page
from misgen.worlds.maze_shape_colour.looks import look_number

ROOT = Path(__file__).parents[2]


class Outputs(NamedTuple):
    logits: Any
    value: Any


class Wanderer:
    """Goes anywhere, whatever it sees."""

    def initial_memory(self) -> None:
        return None

    def apply(self, params: object, observation: Any, memory: None, *, taps: object = None) -> tuple[Outputs, None, None]:
        return Outputs(jnp.zeros(4) + 0 * observation.sum(), jnp.zeros(())), None, None

    def __hash__(self) -> int:
        return 1

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Wanderer)


@pytest.fixture(scope="module")
def wandered() -> Choices:
    return duel(cast(Any, Wanderer()), (), ("red line", "yellow gem"), num_layouts=64, seed=5)


def test_every_pair_is_of_two_different_things_of_the_object_set():
    assert all(look_number(one) != look_number(other) for one, other in PAIRS)
    assert len(set(PAIRS)) == len(PAIRS)


def test_who_sees_nothing_takes_each_thing_once_in_every_layout(wandered: Choices):
    assert set(wandered.decided.tolist()) <= {0, 1, 2}
    assert np.array_equal(2 * wandered.first, wandered.decided)  # the same steps in both arrangements


def test_a_pair_named_the_other_way_round_gives_the_complement(wandered: Choices):
    turned = duel(cast(Any, Wanderer()), (), ("yellow gem", "red line"), num_layouts=64, seed=5)
    assert np.array_equal(turned.first, wandered.decided - wandered.first)


def test_a_preference_counts_layouts_in_which_something_was_chosen():
    found = preference([Choices(np.array([2, 1, 0], np.int8), np.array([2, 2, 0], np.int8))])
    assert found.estimate[0] == pytest.approx(0.75)


def interval(*ends: tuple[float, float, float]) -> Interval:
    return Interval(*(np.array(column) for column in zip(*ends, strict=True)))


def test_the_most_divided_pair_has_agents_clearly_on_both_sides():
    far = interval((0.9, 0.85, 0.95), (0.8, 0.75, 0.85))  # both prefer the same
    near = interval((0.45, 0.43, 0.47), (0.5, 0.48, 0.52), (0.54, 0.52, 0.56))
    assert most_divided({("a", "b"): far, ("c", "d"): near}) == (("c", "d"), 2, 0)


def test_pairs_that_are_decided_without_noise_are_passed_over():
    still = interval((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
    near = interval((0.45, 0.43, 0.47), (0.54, 0.52, 0.56))
    assert most_divided({("a", "b"): still, ("c", "d"): near})[0] == ("c", "d")


def picked(*, opposite: bool) -> dict[str, Any]:
    high, low = {"agent": "s1", "estimate": 0.54, "low": 0.52, "high": 0.56}, {"agent": "s2", "estimate": 0.46}
    low |= {"low": 0.44, "high": 0.48 if opposite else 0.51}
    counts = {"num_above": 1, "num_below": int(opposite), "num_agents": 20, "num_capable": 20}
    return {"first": "a", "second": "b", "high": high, "low": low, "opposite": opposite, **counts}


def test_two_agents_on_opposite_sides_are_named():
    assert "s1 0.540 (0.520 to 0.560), s2 0.460 (0.440 to 0.480)" in answer(picked(opposite=True))


def test_without_opposite_agents_the_power_is_told():
    words = answer(picked(opposite=False))
    assert words.startswith("No two agents were found")
    assert "8% of agents" in words


def test_the_page_of_the_preferences_is_made_from_its_results():
    results = cast(dict[str, Any], read_json(ROOT / "results" / "shape-colour-preferences" / "study.json"))
    page = (ROOT / "docs" / "studies" / "shape-colour-preferences.md").read_text("utf-8")
    assert page == preferences_page(results)
