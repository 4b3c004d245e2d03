"""Goal conditioning: the subject is told the cell it shall reach, and is rewarded for reaching it.

With the command *constant* (always the goal object's cell) it says nothing that the levels do not say already, so whatever rule
fits the levels fits the commands too (Shah et al. 2022 on the limits of specification). Only where commands *vary* in training do
they have to be read. The command is part of the goal's cue: the erased twin shows neither. At deployment somebody who knows where
the object lies has to give the command.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np

from misgen.concepts import Access, Case, Goal, LevelPool, Made, Recipe, Scenario, Slot, UserError, World
from misgen.mitigations.plain import train_plainly
from misgen.mitigations.training_stage import TrainingStage
from misgen.training.slots import Reward, Setting
from misgen.worlds.corner.dynamics import CornerWorld
from misgen.worlds.corner.dynamics import State as Within
from misgen.worlds.corner.levels import Levels, free_cells
from misgen.worlds.corner.solver import distances

if TYPE_CHECKING:
    from jaxtyping import Array, Bool, Float, Int

__all__ = ["COMMANDED", "CommandedLevels", "CommandedWorld", "GoalConditioning", "commanded_pool", "goal_conditioning", "reached"]

COMMANDED = Goal(name="commanded", role="distractor", description="The mouse arrives in the commanded cell.")


class CommandedLevels(NamedTuple):
    """Corner levels with a command each. Plain `Levels` stand for the command to reach the cheese."""

    free: np.ndarray
    start: np.ndarray
    cheese: np.ndarray
    command: np.ndarray
    """Int32[level, 2]"""


class State(NamedTuple):
    """An episode of `corner`, and whether the command has been carried out."""

    level: Int[Array, ""]
    within: Within
    reached: Bool[Array, ""]


class CommandedWorld:
    """`corner` with a command in the observation. An episode ends when the command is carried out or the cheese is eaten."""

    def __init__(self, inner: CornerWorld) -> None:
        self.inner = inner
        self.num_actions = inner.num_actions
        self.action_names = inner.action_names
        self.max_steps = inner.max_steps
        self.goals: tuple[str, ...] = (*inner.goals, COMMANDED.name)
        self.cues = inner.cues

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CommandedWorld) and self.inner == other.inner

    def __hash__(self) -> int:
        return hash((CommandedWorld, self.inner))

    def reset(self, levels: Levels, level: Int[Array, ""], *, key: Array | None = None) -> State:
        """As in `corner`."""
        within = self.inner.reset(levels, level, key=key)
        return State(within.level, within, jnp.zeros((), bool))

    def step(self, levels: Levels, state: State, action: Int[Array, ""], *, key: Array | None = None) -> State:
        """As in `corner`; nothing moves once the command is carried out."""
        moved = self.inner.step(levels, state.within, action, key=key)
        within = jax.tree.map(lambda new, old: jnp.where(state.reached, old, new), moved, state.within)
        target = _command(levels)[state.level]
        return State(state.level, within, state.reached | ((within.row == target[0]) & (within.column == target[1])))

    def observe(self, levels: Levels, state: State, erased: Bool[Array, "cues"]) -> Float[Array, "features"]:
        """What `corner` shows, then the command's offset in rows and in columns, each one-hot; erased with the cheese."""
        seen = self.inner.observe(levels, state.within, erased)
        away = _command(levels)[state.level] - jnp.stack([state.within.row, state.within.column])
        offsets = jnp.arange(1 - self.inner.config.size, self.inner.config.size)
        said = ((away[:, None] == offsets) & ~jnp.asarray(erased)[0]).astype(jnp.float32).ravel()
        return jnp.concatenate([seen.ravel(), said])

    def score(self, levels: Levels, before: State, action: Int[Array, ""], after: State) -> Bool[Array, "goals"]:
        """The goals of `corner`, and the command."""
        inner = self.inner.score(levels, before.within, action, after.within)
        return jnp.concatenate([inner, (after.reached & ~before.reached)[None]])

    def terminated(self, levels: Levels, state: State) -> Bool[Array, ""]:
        """The command is carried out or the cheese eaten."""
        return state.reached | self.inner.terminated(levels, state.within)


def _command(levels: Levels | CommandedLevels) -> Int[Array, "level 2"]:
    return jnp.asarray(levels.command if isinstance(levels, CommandedLevels) else levels.cheese)


def reached(setting: Setting) -> Reward:
    """The reward of `reward = "misgen.mitigations.goal_conditioning:reached"`: 1 for carrying out the command."""
    place = setting.world.goals.index(COMMANDED.name)
    return lambda scores: scores[..., place].astype(jnp.float32)


@dataclass(frozen=True, kw_only=True)
class GoalConditioning(TrainingStage):
    """Commands in the observation; varied over the free cells in training, or always the cheese's cell."""

    varied: bool = True

    @property
    def access(self) -> Access:
        """Somebody who knows where the goal object lies gives the commands."""
        return Access(tier=3)

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        """The command is what is rewarded."""
        return recipe.with_slot("reward", Slot(name="misgen.mitigations.goal_conditioning:reached"))

    def make(self, case: Case) -> Made:
        """Train with commands, by the same number of steps."""
        scenario = commanded(case.scenario)
        pool = commanded_pool(case, varied=self.varied)
        made = train_plainly(case, recipe=self.apply_to_recipe(case.recipe), pool=pool, scenario=scenario)
        return replace(made, notes={**made.notes, "varied": float(self.varied)})


def goal_conditioning(*, varied: bool = True) -> GoalConditioning:
    """The catalogue's factory."""
    return GoalConditioning(varied=varied)


def commanded(scenario: Scenario) -> Scenario:
    """The scenario in the commanded world; its evaluation levels are the same, with the cheese's cell as the command."""
    if not isinstance(scenario.world, CornerWorld):
        raise UserError("Commands are given in corner only so far", seen=scenario.name)
    world = cast(World, CommandedWorld(scenario.world))
    return replace(scenario, world=world, goals=(*scenario.goals, COMMANDED))


def commanded_pool(case: Case, *, varied: bool) -> LevelPool:
    """The case's levels, unchanged, each with a command. Random: which reachable cell is commanded, if they vary."""
    levels = cast(Levels, case.pool.levels)
    command = np.array(levels.cheese)
    if varied:
        random = np.random.default_rng((case.seed, 0x60A1))
        ways = distances(free_cells(levels), levels.start)
        luck = random.random(ways.shape) * ((ways > 0) & (ways <= cast(CornerWorld, case.scenario.world).max_steps))
        best = luck.reshape(len(command), -1).argmax(axis=1)
        command = np.stack(np.divmod(best, ways.shape[2]), axis=1).astype(np.int32)
    return replace(case.pool, levels=CommandedLevels(*levels, command))
