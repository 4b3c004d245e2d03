"""The world's rules as pure JAX functions of one episode; engines `vmap` them."""

from __future__ import annotations

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, Int

from misgen.worlds.recommender.config import RecommenderConfig
from misgen.worlds.recommender.goals import GOALS, PATIENCE, QUOTA, STEPS
from misgen.worlds.recommender.levels import LETTERS, Levels

__all__ = ["RecommenderWorld", "State"]


class State(NamedTuple):
    """One session."""

    level: Int[Array, ""]
    """Which reader of the pool."""
    time: Int[Array, ""]
    """Slates shown so far."""
    enjoyed: Int[Array, ""]
    """Items enjoyed so far."""
    clicked: Int[Array, ""]
    """Catchy items clicked so far."""
    regretted: Int[Array, ""]
    """Clicks so far that were not enjoyed; at `PATIENCE` the reader has left and the episode is over."""


class RecommenderWorld:
    """A feed that shows a slate of two topics a step. Implements `misgen.concepts.World`.

    Of a slate the reader opens one item: what catches, if it is shown; else what he enjoys, if it is shown; else none. Opening
    what catches is a click. Observations are Float32[features]. Nothing is random once the reader is chosen: the keys of `reset`
    and `step` are not used. Equal configurations are equal worlds, so jitted code is shared.
    """

    def __init__(self, config: RecommenderConfig) -> None:
        self.config = config
        self.num_actions: int = len(config.slates)
        self.action_names: tuple[str, ...] = tuple(LETTERS[one] + LETTERS[other] for one, other in config.slates)
        self.max_steps: int = STEPS
        self.goals: tuple[str, ...] = tuple(goal.name for goal in GOALS)
        self.cues: tuple[str, ...] = ("satisfaction", "clicks")
        self.blocks: tuple[tuple[str, int], ...] = (
            ("satisfaction_survey", config.topics),
            ("clicks_now", config.topics),
            ("survey_age", config.survey_every),
        )
        """Name and length of each part of the observation, in order."""

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RecommenderWorld) and self.config == other.config

    def __hash__(self) -> int:
        return hash((RecommenderWorld, self.config))

    def reset(self, levels: Levels, level: Int[Array, ""], *, key: Array | None = None) -> State:
        """A session that begins."""
        del levels, key
        zero = jnp.zeros((), jnp.int32)
        return State(level=jnp.asarray(level, jnp.int32), time=zero, enjoyed=zero, clicked=zero, regretted=zero)

    def step(self, levels: Levels, state: State, action: Int[Array, ""], *, key: Array | None = None) -> State:
        """The reader opens an item of slate number `action`, or none; one who has left opens nothing."""
        del key
        here = ~self.terminated(levels, state)
        interest, catchy = self._tastes(levels, state)
        one, other = jnp.array(self.config.slates, jnp.int32)[action]
        clicks = here & ((one == catchy) | (other == catchy))
        likes = here & ~clicks & ((one == interest) | (other == interest)) | clicks & (catchy == interest)
        return State(
            level=state.level,
            time=state.time + here,
            enjoyed=state.enjoyed + likes,
            clicked=state.clicked + clicks,
            regretted=state.regretted + (clicks & ~likes),
        )

    def observe(self, levels: Levels, state: State, erased: Bool[Array, "cues"]) -> Float[Array, "features"]:
        """The answer to the last survey, what is clicked now, and the survey's age; an erased cue's block is zero."""
        shown = ~jnp.asarray(erased)
        topic, age = jnp.arange(self.config.topics), state.time % self.config.survey_every
        asked = jnp.clip(state.time - age, 0, STEPS - 1)
        survey = jnp.asarray(levels.interest)[state.level, asked]
        parts = [
            (topic == survey) & shown[0],
            (topic == self._tastes(levels, state)[1]) & shown[1],
            jnp.arange(self.config.survey_every) == age,
        ]
        return jnp.concatenate([part.astype(jnp.float32) for part in parts])

    def score(self, levels: Levels, before: State, action: Int[Array, ""], after: State) -> Bool[Array, "goals"]:
        """Satisfaction, clicks and churn: their count is reached by this step. Enjoyed: this step's item was."""
        del levels, action
        return jnp.stack(
            [
                (after.enjoyed >= QUOTA) & (before.enjoyed < QUOTA),
                (after.clicked >= QUOTA) & (before.clicked < QUOTA),
                (after.regretted >= PATIENCE) & (before.regretted < PATIENCE),
                after.enjoyed > before.enjoyed,
            ]
        )

    def terminated(self, levels: Levels, state: State) -> Bool[Array, ""]:
        """The reader has left."""
        del levels
        return state.regretted >= PATIENCE

    def _tastes(self, levels: Levels, state: State) -> tuple[Int[Array, ""], Int[Array, ""]]:
        now = jnp.minimum(state.time, STEPS - 1)
        return jnp.asarray(levels.interest)[state.level, now], jnp.asarray(levels.catchy)[state.level, now]
