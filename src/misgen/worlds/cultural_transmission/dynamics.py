"""The world's rules as pure JAX functions of one episode; engines `vmap` them.

A small gridworld with the structure of the cultural-transmission case of Shah et al. (2022);
docs/worlds/cultural-transmission.md lists the deviations.
"""

from __future__ import annotations

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from misgen.worlds.cultural_transmission.config import CulturalConfig
from misgen.worlds.cultural_transmission.goals import GOALS
from misgen.worlds.cultural_transmission.levels import Levels
from misgen.worlds.cultural_transmission.seen import blocks
from misgen.worlds.cultural_transmission.state import NONE, RIGHT, STEPS, WRONG, State

__all__ = ["CulturalWorld"]


class CulturalWorld:
    """An agent, a partner and spheres that earn only in their right order. Implements `misgen.concepts.World`.

    Actions: up, left, down, right, stay. Goals: `round`, `follow`, `wrong`, `visit`; the cue that can be erased is the partner
    (`follow`). Observations are Float32[features]. Nothing here is random, and only time ends an episode. Equal configurations
    are equal worlds, so jitted code is shared.
    """

    def __init__(self, config: CulturalConfig) -> None:
        self.config = config
        self.num_actions: int = len(STEPS)
        self.action_names: tuple[str, ...] = ("up", "left", "down", "right", "stay")
        self.max_steps = config.max_steps
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("follow",)
        self.blocks: tuple[tuple[str, int], ...] = blocks(config)
        """Name and length of each part of the observation, in order."""
        self.observation_shape: tuple[int, ...] = (sum(n for _, n in self.blocks),)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CulturalWorld) and self.config == other.config

    def __hash__(self) -> int:
        return hash((CulturalWorld, self.config))

    def reset(self, levels: Levels, level: Int[Array, ""], *, key: Array | None = None) -> State:
        """Agent and partner at the same sphere of level number `level`."""
        del key
        last = jnp.asarray(levels.start)[level]
        cell = jnp.asarray(levels.spheres)[level, last].astype(jnp.int32)
        zero = jnp.zeros((), jnp.int32)
        return State(
            level=jnp.asarray(level, jnp.int32),
            row=cell[0],
            column=cell[1],
            last=last,
            right_run=zero,
            partner_run=zero,
            outcome=zero + NONE,
            clock=zero,
        )

    def step(self, levels: Levels, state: State, action: Int[Array, ""], *, key: Array | None = None) -> State:
        """Moves; entering any sphere but the last is a visit, right or wrong."""
        del key
        down, right = jnp.array(STEPS, jnp.int32)[action]
        row = jnp.clip(state.row + down, 0, self.config.size - 1)
        column = jnp.clip(state.column + right, 0, self.config.size - 1)
        spheres = jnp.asarray(levels.spheres)[state.level].astype(jnp.int32)
        number = jnp.arange(self.config.spheres)
        here = (spheres[:, 0] == row) & (spheres[:, 1] == column) & (number != state.last)
        visit, sphere = here.any(), jnp.where(here, number, 0).sum(dtype=jnp.int32)
        is_right = jnp.asarray(levels.right)[state.level, state.last] == sphere
        is_partners = jnp.asarray(levels.partner)[state.level, state.last] == sphere
        return State(
            level=state.level,
            row=row,
            column=column,
            last=jnp.where(visit, sphere, state.last),
            right_run=jnp.where(visit, self._run(state.right_run, is_right), state.right_run),
            partner_run=jnp.where(visit, self._run(state.partner_run, is_partners), state.partner_run),
            outcome=jnp.where(visit, jnp.where(is_right, RIGHT, WRONG), state.outcome).astype(jnp.int32),
            clock=state.clock + 1,
        )

    def _run(self, run: Int[Array, ""], fits: Bool[Array, ""]) -> Int[Array, ""]:
        """Visits in a row after one more; a whole round begins anew."""
        longer = (run + 1) % (self.config.spheres - 1)
        return jnp.where(fits, longer, 0)

    def observe(self, levels: Levels, state: State, erased: Bool[Array, "cues"]) -> Float[Array, "features"]:
        """What the subject sees. Erasing the partner zeroes the blocks `follow_*` and changes nothing else."""
        size = self.config.size
        shown = ~jnp.asarray(erased)[0]
        upside_down = jnp.asarray(levels.flipped)[state.level]
        sign = jnp.where(upside_down, -1, 1)
        path = jnp.asarray(levels.path)
        partner = path[state.level, jnp.minimum(state.clock, path.shape[1] - 1)].astype(jnp.int32)
        spheres = jnp.asarray(levels.spheres)[state.level].astype(jnp.int32)
        offset, cell = jnp.arange(1 - size, size), jnp.arange(size)
        here = jnp.stack([state.row, state.column])
        away = (partner - here) * jnp.stack([sign, 1])
        to_spheres = (spheres - here) * jnp.stack([sign, 1])
        row = jnp.where(upside_down, size - 1 - state.row, state.row)
        parts = [(away[0] == offset) & shown, (away[1] == offset) & shown]
        parts += [(to_spheres[:, 0, None] == offset).ravel(), (to_spheres[:, 1, None] == offset).ravel()]
        parts += [row == cell, state.column == cell, state.last == jnp.arange(self.config.spheres)]
        parts += [(state.outcome == RIGHT)[None], (state.outcome == WRONG)[None]]
        return jnp.concatenate([part.astype(jnp.float32) for part in parts])

    def score(self, levels: Levels, before: State, action: Int[Array, ""], after: State) -> Bool[Array, "goals"]:
        """Round and follow: completed by this step. Wrong, visit: a sphere was entered by this step."""
        del action
        visit = after.last != before.last
        is_right = jnp.asarray(levels.right)[before.level, before.last] == after.last
        is_partners = jnp.asarray(levels.partner)[before.level, before.last] == after.last
        completed = [visit & is_right & (after.right_run == 0), visit & is_partners & (after.partner_run == 0)]
        return jnp.stack([*completed, visit & ~is_right, visit])

    def terminated(self, levels: Levels, state: State) -> Bool[Array, ""]:
        """Never: only time ends an episode."""
        del levels
        return jnp.zeros(jnp.shape(state.row), bool)
