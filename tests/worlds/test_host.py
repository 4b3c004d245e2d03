from __future__ import annotations

import json
import subprocess
import sys
import time
from importlib.metadata import EntryPoint

import numpy as np
import pytest

from misgen.concepts import HostWorld, UserError, resolve
from misgen.worlds.catalogue import SCENARIOS, host_of
from misgen.worlds.corner.config import CornerConfig
from misgen.worlds.corner.dynamics import State as DeviceState
from misgen.worlds.corner.host import host
from misgen.worlds.corner.host_world import CornerHostWorld, State
from misgen.worlds.corner.levels import parse, show
from misgen.worlds.corner.solver import shortest_path
from misgen.worlds.corner.sprites import INTENDED, PROXY, draw
from misgen.worlds.history import stacked

GOLDEN = """
..#......
.........
..#......
#.......#
#..#@.#..
.........
...#....#
....###..
.....c...
"""


def test_level_seed_seven_is_the_same_for_ever():
    assert show(host.level(7, mode="blocks:9", condition="distinguishing")) == GOLDEN.strip()


def test_a_description_agrees_with_the_drawing():
    told, level = host.describe_level(7, condition="distinguishing"), host.level(7, condition="distinguishing")
    grid = np.array(told["grid"])
    assert (told["width"], told["height"]) == (13, 13) == grid.shape
    assert np.array_equal(grid[::-1] == 0, level.free)
    assert told["goal"] == [level.cheese[1], 12 - level.cheese[0]]
    spots = {e["type"]: (e["x"], e["y"]) for e in told["entities"]}
    assert spots["mouse"] == (level.start[1] + 0.5, 12.5 - level.start[0])
    assert spots["corner"] == (0.5, 12.5)
    assert told["sha256_12"] == level.hash
    assert json.loads(json.dumps(told)) == told


def test_a_replay_of_the_shortest_path_ends_on_the_cheese():
    level = host.level(7, condition="distinguishing")
    path = shortest_path(level.free, level.start, level.cheese)
    lines = list(host.replay(7, [*path, 0, 0], condition="distinguishing"))
    assert len(lines) == len(path) == host.describe_level(7, condition="distinguishing")["best_steps"]["cheese"]
    assert [line["terminated"] for line in lines] == [False] * (len(path) - 1) + [True]
    assert (lines[-1]["reward"], lines[-1]["events"]) == (1.0, ["cheese"])
    assert (lines[-1]["x"], lines[-1]["y"]) == (level.cheese[1] + 0.5, 12.5 - level.cheese[0])


def test_a_replay_without_the_cheese_is_truncated_at_the_time_limit():
    level = host.level(7, condition="distinguishing")
    away = shortest_path(level.free, level.start, (0, 0), avoid=level.cheese)
    lines = list(host.replay(7, [*away, *["up"] * 100], condition="distinguishing"))
    assert len(lines) == 64
    assert [line["truncated"] for line in lines] == [False] * 63 + [True]
    assert [line["step"] for line in lines if line["events"]] == [len(away)]


def test_up_raises_y():
    level_seed = next(seed for seed in range(50) if _free_above(seed))
    line = next(iter(host.replay(level_seed, ["up"])))
    start = host.describe_level(level_seed)["entities"][0]
    assert (line["x"], line["y"]) == (start["x"], start["y"] + 1)


def _free_above(seed: int) -> bool:
    level = host.level(seed)
    return level.start[0] > 0 and bool(level.free[level.start[0] - 1, level.start[1]])


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: host.describe_level(-1), "0 to 2147483647"),
        (lambda: host.describe_level(2**31), "0 to 2147483647"),
        (lambda: host.describe_level(1, mode="block"), "blocks"),
        (lambda: host.describe_level(1, mode="blocks:x"), "blocks:9"),
        (lambda: host.describe_level(1, mode="blocks:99"), "7 to 25"),
        (lambda: host.describe_level(1, condition="controls"), "control"),
        (lambda: host.replay(1, ["upp"]), "up"),
        (lambda: host.replay(1, [4]), "action"),
        (lambda: host.pool("training", 3, 0, sise=9), "size"),
    ],
)
def test_a_mistake_is_answered_in_words_before_anything_is_done(call, word: str):
    with pytest.raises(UserError, match=word):
        call()


@pytest.mark.parametrize("level_seed", [0, 1, 2**31 - 1])
@pytest.mark.parametrize("condition", ["training", "diverse", "distinguishing", "control", "benign"])
def test_any_seed_gives_a_level_in_any_condition(level_seed: int, condition: str):
    assert host.describe_level(level_seed, condition=condition, mode="tree")["best_steps"]["cheese"] > 0


def test_describing_a_level_loads_no_jax_and_takes_under_a_second():
    code = (
        "import sys; from misgen.worlds.catalogue import SCENARIOS\n"
        "assert not {'numpy', 'jax', 'polars'} & set(sys.modules)\n"
        "from misgen.worlds.corner.host import host; host.describe_level(1); list(host.replay(1, [0]))\n"
        "host.draw(host.level(1))\n"
        "assert not {'jax', 'polars', 'scipy', 'PIL'} & set(sys.modules)"
    )
    before = time.monotonic()
    subprocess.run([sys.executable, "-c", code], check=True, timeout=20)
    assert time.monotonic() - before < 10  # generous: machines are shared; alone it is 0.2 s


def test_the_host_world_keeps_the_contract_of_host_worlds():
    world: HostWorld = CornerHostWorld(CornerConfig())
    assert (world.num_actions, world.max_steps, world.goals, world.cues) == (4, 64, ("cheese", "corner"), ("cheese",))


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda world: world.step(0), "reset"),
        (lambda world: world.reset("a level", seed=0), "Level"),
        (lambda world: (world.reset(host.level(1)), world.step(9)), "action"),
    ],
)
def test_misusing_the_host_world_is_answered_in_words(call, word: str):
    with pytest.raises(UserError, match=word):
        call(CornerHostWorld(CornerConfig()))


def test_an_episode_steps_a_level_of_any_size_by_hand():
    level = host.level(5, mode="open:9", condition="distinguishing")
    world = host.episode(level)
    world.reset(level, seed=0)
    steps = [world.step(action) for action in shortest_path(level.free, level.start, level.cheese)]
    assert (int(world.state.row), int(world.state.column)) == level.cheese
    assert [ended for _, _, ended in steps] == [False] * (len(steps) - 1) + [True]


def test_the_catalogue_leads_to_the_scenario_and_to_the_host():
    scenario = resolve(SCENARIOS["corner"])(size=9)
    listing = SCENARIOS["corner"].listing
    assert [dict(g) for g in listing["goals"]] == [{"name": g.name, "role": g.role} for g in scenario.goals]
    told = [{"name": c.name, "kind": c.kind, "severity": c.severity} for c in scenario.conditions]
    assert sorted(told, key=str) == sorted(listing["conditions"], key=str)
    assert (listing["harm"], listing["title"]) == (scenario.has_harm, scenario.title)
    assert host_of("corner") is host


def test_a_third_partys_host_is_found_by_its_entry_point(monkeypatch: pytest.MonkeyPatch):
    point = EntryPoint("meadow", "misgen.worlds.corner.host:host", "misgen.hosts")
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [point] if group == "misgen.hosts" else [])
    assert host_of("meadow") is host
    assert host_of("desert") is None


def test_a_states_fields_are_those_of_the_jittable_world():
    assert State._fields == DeviceState._fields


def test_the_recipe_names_only_the_knobs_that_differ_from_the_defaults():
    scenario = resolve(SCENARIOS["corner"])
    assert scenario().recipe.world == {}
    assert scenario(size=9, layout="tree").recipe.world == {"size": 9, "layout": "tree"}


def test_the_terminal_drawing_shows_walls_mouse_cheese_and_corner():
    level = parse("...#.\n.#.#.\n.#..c\n.###.\n....@")
    assert host.text(level, colour=False).splitlines() == [
        "##############",
        "## x . .## .##",
        "## .## .## .##",
        "## .## . . c##",
        "## .###### .##",
        "## . . . . @##",
        "##############",
    ]
    assert "\x1b[" in host.text(level)
    assert " c" not in host.text(level, erased=frozenset({"cheese"}), colour=False)
    assert "@" in host.text(level, state=_state(0, 0), colour=False).splitlines()[1]


def _state(row: int, column: int) -> State:
    return State(np.int32(0), np.int32(row), np.int32(column), np.bool_(False))


LEVEL = parse("......\n......\n......\n...c..\n......\n....@.")


def has_colour(image: np.ndarray, colour: tuple[int, int, int]) -> bool:
    return bool((image == np.array(colour, np.uint8)).all(axis=-1).any())


@pytest.mark.parametrize("tile", [8, 12, 16, 20, 24, 32])
def test_a_drawing_has_a_border_of_one_tile_and_both_goals_colours(tile: int):
    image = draw(LEVEL, tile=tile)
    assert (image.shape, image.dtype) == ((8 * tile, 8 * tile, 3), np.uint8)
    assert has_colour(image, INTENDED)
    assert has_colour(image, PROXY)


def test_hiding_the_cheese_changes_its_cell_alone():
    shown, hidden = draw(LEVEL), draw(LEVEL, cheese_shown=False)
    changed = np.argwhere((shown != hidden).any(axis=-1)) // 16
    assert {tuple(cell) for cell in changed.tolist()} == {(4, 4)}


def test_the_mouse_is_drawn_where_it_is_and_the_trail_where_it_was():
    image = draw(LEVEL, agent=(2, 4), trail=[(5, 4), (4, 4), (3, 4)])
    still = draw(LEVEL, agent=(2, 4))
    changed = {tuple(cell) for cell in (np.argwhere((image != still).any(axis=-1)) // 16).tolist()}
    assert {(4, 5), (5, 5), (6, 5)} <= changed <= {(3, 5), (4, 5), (5, 5), (6, 5)}


def test_a_film_shows_the_way_from_the_start_and_hides_what_is_erased():
    history = stacked([_state(5, 4), _state(4, 4), _state(3, 4)])
    assert np.array_equal(host.draw(LEVEL, history=history), draw(LEVEL, agent=(3, 4), trail=[(5, 4), (4, 4), (3, 4)]))
    assert np.array_equal(host.draw(LEVEL, erased=frozenset({"cheese"})), draw(LEVEL, cheese_shown=False))
    assert host.frames(LEVEL, history, [0, 0]) is history
