"""A Procgen game's state bytes, read and written whole. NumPy only.

The bytes are little-endian; every field is a 4-byte integer or float, a string is a length and its bytes, a vector a count and
its elements. The random generators are stored as text of varying length, so that no offset is constant. The C++ side ends the
process on bytes it cannot read, so nothing reaches it that `parse` would refuse.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from misgen.worlds.procgen.checks import check, damaged

__all__ = ["DISPLAY", "END_MARK", "ENTITY", "OPTIONS", "STEP", "TAILS", "WORLD", "Generator", "ProcgenState", "parse", "to_bytes"]

END_MARK = 0xCAFECAFE
MOST_ENTITIES = 4096
"""No level of any game comes near it; a larger count is a damaged one."""
WIDEST = 256
"""Cells per side of a world, likewise."""


def _record(integers: str = "", **kinds: str) -> np.dtype:
    """A packed record: names in order, of 4-byte integers unless `kinds` gives a float."""
    return np.dtype([(name, kinds.get(name, "<i4")) for name in integers.split()])


def _floats(names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), "<f4")


OPTIONS = _record(
    "paint_vel_info use_generated_assets use_monochrome_assets restrict_themes use_backgrounds center_agent debug_mode "
    "distribution_mode use_sequential_levels use_easy_jump plain_assets physics_mode grid_step level_seed_low level_seed_high "
    "game_type game_n"
)
"""How the game was made. The next level's seed is drawn from `level_seed_low` up to, not including, `level_seed_high`."""
STEP = _record(
    "reward done level_complete action timeout current_level_seed prev_level_seed episodes_remaining episode_done "
    "last_reward_timer last_reward default_action fixed_asset_seed cur_time is_waiting_for_step grid_size",
    **_floats("reward last_reward"),
)
"""The last step's outcome, the clock, and which level this is."""
ENTITY = _record(
    "x y vx vy rx ry type image_type image_theme render_z will_erase collides_with_entities collision_margin rotation vrot "
    "is_reflected fire_time spawn_time life_time expire_time use_abs_coords friction smart_step avoids_collisions auto_erase "
    "alpha health theta grow_rate alpha_decay climber_spawn_x",
    **_floats("x y vx vy rx ry collision_margin rotation vrot friction alpha health theta grow_rate alpha_decay climber_spawn_x"),
)
"""x, y: centre in cells, y up. vx, vy: cells per step. rx, ry: half sizes. The agent's type is 0."""
DISPLAY = _record(
    "use_procgen_background background_index bg_tile_ratio bg_pct_x char_dim last_move_action move_action special_action mixrate "
    "maxspeed max_jump action_vx action_vy action_vrot center_x center_y random_agent_start has_useful_vel_info step_rand_int",
    **_floats("bg_tile_ratio bg_pct_x char_dim mixrate maxspeed max_jump action_vx action_vy action_vrot center_x center_y"),
)
WORLD = _record(
    "main_width main_height out_of_bounds_object unit view_dim x_off y_off visibility min_visibility",
    **_floats("unit view_dim x_off y_off visibility min_visibility"),
)
TAILS: dict[str, np.dtype] = {
    "coinrun": _record(
        "last_agent_y wall_theme has_support facing_right is_on_crate gravity air_control",
        **_floats("last_agent_y gravity air_control"),
    ),
    "maze": _record("maze_dim world_dim"),
    "heist": _record("num_keys world_dim"),
}
"""What a game adds. Of other games the tail is kept as it is."""


class Generator(NamedTuple):
    """One random generator: whether it was seeded, and its words as decimal text."""

    is_seeded: int
    text: bytes


@dataclass(frozen=True, kw_only=True)
class ProcgenState:
    """Everything the C++ game knows. Records and arrays are copies; change one by `dataclasses.replace` or with `edits`."""

    game: str
    options: np.ndarray
    """One record of `OPTIONS`, as all the records below: shape ()."""
    seed_generator: Generator
    """Draws the seeds of levels."""
    level_generator: Generator
    """Draws the level and everything random in it."""
    step: np.ndarray
    entities: np.ndarray
    """`ENTITY`[entity]"""
    display: np.ndarray
    asset_generator: Generator
    world: np.ndarray
    grid: np.ndarray
    """Int32[y, x]: object codes, row 0 at the bottom."""
    tail: np.ndarray | None
    """A record of `TAILS[game]`; None for games without one there."""
    has_keys: np.ndarray | None = None
    """Heist: Int32[key]: which keys the agent holds."""
    rest: bytes = b""
    """The tail's bytes of the other games."""

    @property
    def agent(self) -> np.void:
        """The agent's record."""
        return self.entities[self.entities["type"] == 0][0]

    def with_fields(self, block: str, **values: object) -> ProcgenState:
        """The same state with some fields of one record (`options`, `step`, `display`, `world`, `tail`) changed."""
        record = getattr(self, block).copy()
        for name, value in values.items():
            record[name] = value
        return replace(self, **{block: record})


def parse(content: bytes) -> ProcgenState:
    """The state that these bytes hold; a `UserError` where they are cut off, damaged, or hold what the game cannot."""
    reader = _Reader(content)
    if reader.integer("version") != 0:
        raise damaged("another version of the format", content[:4].hex())
    game = reader.string("game name", most=32).decode("ascii", "replace")
    options = reader.record(OPTIONS, "options")
    generators = (reader.generator("level seed generator"), reader.generator("level generator"))
    step = reader.record(STEP, "step record")
    entities = reader.records(ENTITY, reader.count("entities", most=MOST_ENTITIES), "entities")
    display = reader.record(DISPLAY, "display record")
    assets = reader.generator("asset generator")
    world = reader.record(WORLD, "world record")
    grid = reader.grid()
    tail, has_keys, rest = reader.tail(game)
    if reader.integer("end mark") & 0xFFFFFFFF != END_MARK or reader.at != len(content):
        raise damaged("no end mark at its end", f"{len(content)} bytes")
    state = ProcgenState(
        game=game,
        options=options,
        seed_generator=generators[0],
        level_generator=generators[1],
        step=step,
        entities=entities,
        display=display,
        asset_generator=assets,
        world=world,
        grid=grid,
        tail=tail,
        has_keys=has_keys,
        rest=rest,
    )
    check(state)
    return state


def to_bytes(state: ProcgenState) -> bytes:
    """The bytes that the game reads: the inverse of `parse`. What `parse` would refuse is refused."""
    check(state)
    name = state.game.encode("ascii")
    height, width = state.grid.shape
    parts = [
        struct.pack("<ii", 0, len(name)) + name,
        state.options.tobytes(),
        *(_generator_bytes(generator) for generator in (state.seed_generator, state.level_generator)),
        state.step.tobytes(),
        struct.pack("<i", len(state.entities)) + state.entities.tobytes(),
        state.display.tobytes(),
        _generator_bytes(state.asset_generator),
        state.world.tobytes(),
        struct.pack("<iii", width, height, width * height) + np.ascontiguousarray(state.grid, "<i4").tobytes(),
        state.rest if state.tail is None else state.tail.tobytes(),
    ]
    if state.has_keys is not None:
        parts.append(struct.pack("<i", len(state.has_keys)) + np.ascontiguousarray(state.has_keys, "<i4").tobytes())
    return b"".join([*parts, struct.pack("<I", END_MARK)])


def _generator_bytes(generator: Generator) -> bytes:
    return struct.pack("<ii", generator.is_seeded, len(generator.text)) + generator.text


@dataclass
class _Reader:
    """Walks the bytes, refusing every length that leads out of them."""

    content: bytes
    at: int = 0

    def take(self, length: int, what: str) -> bytes:
        if length < 0 or self.at + length > len(self.content):
            raise damaged(f"{what} cut off", f"{length} bytes wanted at {self.at} of {len(self.content)}")
        self.at += length
        return self.content[self.at - length : self.at]

    def integer(self, what: str) -> int:
        return struct.unpack("<i", self.take(4, what))[0]

    def count(self, what: str, *, most: int) -> int:
        count = self.integer(what)
        if not 0 <= count <= most:
            raise damaged(f"an impossible number of {what}", count)
        return count

    def string(self, what: str, *, most: int) -> bytes:
        return self.take(self.count(f"bytes in its {what}", most=most), what)

    def record(self, kind: np.dtype, what: str) -> np.ndarray:
        return np.frombuffer(self.take(kind.itemsize, what), kind)[0].copy()

    def records(self, kind: np.dtype, count: int, what: str) -> np.ndarray:
        return np.frombuffer(self.take(kind.itemsize * count, what), kind).copy()

    def generator(self, what: str) -> Generator:
        return Generator(self.integer(what), self.string(what, most=1 << 16))

    def grid(self) -> np.ndarray:
        width, height = self.count("columns", most=WIDEST), self.count("rows", most=WIDEST)
        if self.count("cells", most=WIDEST**2) != width * height:
            raise damaged("a grid that is not width times height", (width, height))
        return self.records(np.dtype("<i4"), width * height, "grid").reshape(height, width)

    def tail(self, game: str) -> tuple[np.ndarray | None, np.ndarray | None, bytes]:
        if game not in TAILS:
            return None, None, self.take(len(self.content) - 4 - self.at, "tail")
        tail = self.record(TAILS[game], "tail")
        if game != "heist":
            return tail, None, b""
        return tail, self.records(np.dtype("<i4"), self.count("keys", most=16), "keys"), b""
