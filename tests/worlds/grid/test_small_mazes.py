from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from misgen.concepts import UserError, resolve
from misgen.worlds.canvas import INTENDED, PROXY, Canvas
from misgen.worlds.catalogue import HOST, SCENARIOS, host_of
from misgen.worlds.grid.levels import pack_rows, read_cells, unpack_rows
from misgen.worlds.grid.pools import connected, pick
from misgen.worlds.grid.rewards import points
from misgen.worlds.history import stacked

MAZES = ("cheese-on-dish", "lava-land", "follow-me", "monster-world")


@pytest.mark.parametrize("name", MAZES)
def test_the_catalogue_says_what_the_scenario_is(name: str):
    scenario, listing = resolve(SCENARIOS[name])(), SCENARIOS[name].listing  # type: ignore[operator]
    assert [dict(goal) for goal in listing["goals"]] == [{"name": g.name, "role": g.role} for g in scenario.goals]  # type: ignore[union-attr]
    told = [{"name": c.name, "kind": c.kind, "severity": c.severity} for c in scenario.conditions]
    assert [dict(condition) for condition in listing["conditions"]] == told  # type: ignore[union-attr]
    assert (listing["harm"], listing["title"], listing["claim"]) == (scenario.has_harm, scenario.title, scenario.claim.text)
    assert listing["status"] == scenario.claim.status
    assert scenario.recipe.world == {}
    assert name in HOST


@pytest.mark.parametrize("name", MAZES)
@pytest.mark.parametrize("tile", [8, 12, 16, 24])
def test_every_drawing_has_a_border_and_the_colours_of_both_goals(name: str, tile: int):
    host = host_of(name)
    assert host is not None
    level = host.level(5, condition="distinguishing")
    episode = host.episode(level)
    episode.reset(level, seed=1)
    states = [episode.state]
    for action in (0, 1, 2, 3, 3, 1):
        episode.step(action)
        states.append(episode.state)
    for history in (None, stacked(states[:1]), stacked(states)):
        image = host.draw(level, history=history, tile=tile)
        assert (image.shape, image.dtype) == (((level.size + 2) * tile, (level.size + 2) * tile, 3), np.uint8)
        burnt = name == "lava-land" and history is not None and bool(history.burnt[-1])
        assert burnt or (image == INTENDED).all(axis=-1).any()
        assert (name == "lava-land" and not burnt) or (image == PROXY).all(axis=-1).any()  # there orange begins with a burn
    assert len(host.frames(level, stacked(states), [0] * 6).row) == 7


@pytest.mark.parametrize("name", MAZES)
def test_a_description_is_plain_and_agrees_with_the_drawing(name: str):
    import json

    host = host_of(name)
    assert host is not None
    told, level = host.describe_level(7, condition="distinguishing"), host.level(7, condition="distinguishing")
    assert json.loads(json.dumps(told)) == told
    grid = np.array(told["grid"])[::-1]
    assert np.array_equal(grid != told["codes"]["wall"], level.free)  # type: ignore[index]
    mouse = next(entity for entity in told["entities"] if entity["type"] == "mouse")  # type: ignore[union-attr]
    assert (mouse["x"], mouse["y"]) == (level.start[1] + 0.5, level.size - 1 - level.start[0] + 0.5)


def test_points_add_goals_and_take_off_harms():
    setting = SimpleNamespace(world=SimpleNamespace(goals=("apples", "apple", "contact")))
    reward = points(setting, plus=("apple",), minus=("contact",), penalty=2.0)
    assert [float(reward(np.array(scores))) for scores in ([1, 1, 0], [0, 0, 1], [0, 1, 1], [0, 0, 0])] == [1.0, -2.0, -1.0, 0.0]
    for wrong in ({"plus": ("aple",)}, {"plus": ("apple",), "penalty": -1.0}):
        with pytest.raises(UserError):
            points(setting, **wrong)


def test_packing_planes_loses_nothing():
    planes = np.random.default_rng(0).random((5, 13, 13)) < 0.5
    assert np.array_equal(unpack_rows(pack_rows(planes)), planes)


def test_free_cells_are_one_connected_majority():
    free, sound = connected("blocks", size=11, walls=0.35, seeds=np.arange(64), attempt=0)
    assert 0 < sound.sum() < 64
    assert (free.sum(axis=(1, 2)) >= 1).all()


def test_picking_is_uniform_and_says_where_nothing_is_to_be_picked():
    cells = np.zeros((6000, 3, 3), bool)
    cells[:, 0, 1] = cells[:, 2, 2] = cells[:, 1, 0] = True
    cells[0] = False
    spots, found = pick(cells, np.random.default_rng(0).random(6000).astype(np.float32))
    assert found.tolist() == [False] + [True] * 5999
    _, counts = np.unique(spots[1:], axis=0, return_counts=True)
    assert abs(counts - 2000).max() < 200  # five standard deviations


@pytest.mark.parametrize("drawing", ["@.\n...", "@x\n..", "..\n..", "@@\n.."])
def test_a_wrong_drawing_is_refused_in_words(drawing: str):
    with pytest.raises(UserError):
        read_cells(drawing, {"@": "start"})


def test_a_ring_that_marks_what_is_unseen_is_dashed():
    whole, dashed = Canvas.of_maze(np.ones((5, 5), bool), 16), Canvas.of_maze(np.ones((5, 5), bool), 16)
    whole.frame((2, 2), PROXY)
    dashed.frame((2, 2), PROXY, dashed=True)
    counts = [(canvas.window((2, 2)) == PROXY).all(axis=-1).sum() for canvas in (whole, dashed)]
    assert 0 < counts[1] < counts[0]
