"""tree-lifelong: one life without resets, in which the agent itself causes the shift.

`train` and `evaluate` part what the published experiment does not: the agent learns while it acts, in forests that are never made
anew, and what it is trained on next is what it has left standing. So here the learner of `training` runs on worlds that never
end, and between updates the policy as it then is, frozen, is put into fixed thin forests (the probe).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from misgen.concepts import Scenario, Slot, World
from misgen.records import code_digest, read_table, write_json, write_table
from misgen.study.run import Show
from misgen.study.setup import build_scenario

if TYPE_CHECKING:
    import polars as pl

    from misgen.training.ppo import Learner

__all__ = ["LifelongConfig", "LifelongOutcome", "live", "tree_lifelong"]

NEVER = 2**30
"""A lifetime that no run reaches."""
Row = dict[str, float]


@dataclass(frozen=True, kw_only=True)
class LifelongConfig:
    """One life, and how it is looked at."""

    num_seeds: int = 5
    num_forests: int = 256
    """Forests in which one agent lives at the same time; published: 256."""
    steps_per_forest: int = 8_192
    """Length of the life in each."""
    slowest: float = 1e-6
    """Regrowth of a felled forest; published."""
    num_looks: int = 32
    """How often the agent is looked at, evenly over its life, and before it."""
    num_probes: int = 128
    """Thin forests of the probe."""
    probe_steps: int = 24
    """Steps of the probe: enough to fell a thin forest, too few for much to grow back."""

    def scenario(self) -> Scenario:
        """The world in which the life is led."""
        return build_scenario("tree-gridworld", {"lifetime": NEVER, "slowest": self.slowest})


@dataclass(frozen=True, kw_only=True)
class LifelongOutcome:
    """What the lives were like."""

    config: LifelongConfig
    lives: pl.DataFrame
    """One row per seed and look; see `live`."""

    def to_dict(self) -> dict[str, object]:
        return {
            "schema": 1,
            "study": "tree-lifelong",
            "planned_subjects": self.config.num_seeds,
            "reached_subjects": self.lives["seed"].n_unique(),
            "lives": self.lives.to_dicts(),
            "code": code_digest("training", "worlds/tree_gridworld", "study/lifelong"),
        }

    def words(self) -> str:
        """One line per agent: the height of its chopping, the state of its forests then, and the end."""
        lines = [f"tree-lifelong: {self.lives['seed'].n_unique()} of {self.config.num_seeds} planned agents"]
        for (seed,), life in self.lives.partition_by("seed", as_dict=True).items():
            keen, thin = life.sort("affinity").row(-1, named=True), life.sort("trees").row(0, named=True)
            end = life.row(-1, named=True)
            lines.append(
                f"seed {seed}: affinity at most {keen['affinity']:.2f} (step {keen['step']:.0f}), "
                f"fewest trees {thin['trees']:.2f} (step {thin['step']:.0f}), "
                f"at the end affinity {end['affinity']:.2f} and {end['trees']:.2f} trees"
            )
        return "\n".join(lines)


def tree_lifelong(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    config: LifelongConfig | None = None,
) -> LifelongOutcome:
    """Live the lives that `results` does not hold, one after the other, and keep them there. `out` and `workers` have no use
    here."""
    import polars as pl

    del out, workers, command
    config = config or LifelongConfig()
    place = results / "lives.parquet"
    lives = read_table(place) if place.is_file() else None
    for seed in range(config.num_seeds):
        if lives is None or seed not in lives["seed"]:
            life = pl.DataFrame([{"seed": seed, **row} for row in live(seed, config)])
            lives = life if lives is None else pl.concat([lives, life])
            results.mkdir(parents=True, exist_ok=True)
            write_table(place, lives)
    assert lives is not None
    outcome = LifelongOutcome(config=config, lives=lives.sort("seed", "step"))
    write_json(results / "study.json", {name: value for name, value in outcome.to_dict().items() if name != "lives"})
    return outcome


def live(seed: int, config: LifelongConfig) -> list[Row]:
    """One agent's life: a row per look.

    `step` per forest; `trees`: standing now, mean over forests; `felled`: share of forests without a tree; `chopped`: trees
    chopped per step and forest since the last look; `affinity`: 1 for chopping at once, 0 for keeping the forest, in the probe.
    Random: everything, from the seed alone.
    """
    import jax
    import jax.numpy as jnp

    from misgen.training.noise import episode_words

    learner, levels = _learner(seed, config)
    probe = _Probe.of(config)
    update = jax.jit(learner.update)
    state = learner.initial(
        levels, jnp.int32(config.num_forests), jnp.asarray(learner.initial_weights(seed)), jnp.asarray(episode_words(seed, 1)[0])
    )
    per_look = max(1, learner.config.num_updates // config.num_looks)
    rows, chopped = [], 0.0
    for number in range(learner.config.num_updates + 1):
        if number % per_look == 0:
            standing = (np.asarray(state.running.states.trees)[..., 0] >= 0).sum(axis=-1)  # type: ignore[attr-defined]
            rows.append(
                {
                    "step": float(number * learner.config.unroll),
                    "trees": float(standing.mean()),
                    "felled": float((standing == 0).mean()),
                    "chopped": chopped / (per_look * learner.config.steps_per_update),
                    "affinity": probe.affinity(learner, learner.unravel(state.weights)),
                }
            )
            chopped = 0.0
        if number < learner.config.num_updates:
            state, measured = update(state, levels)
            chopped += float(measured.rewards)
    return rows


def _learner(seed: int, config: LifelongConfig) -> tuple[Learner, object]:
    """The learner of the house on a world that never ends, and its forests."""
    import jax
    import jax.numpy as jnp

    from misgen.training.networks import Shapes
    from misgen.training.ppo import Learner, PPOConfig
    from misgen.training.rollout import observation_shape
    from misgen.training.slots import resolve_parts

    scenario = config.scenario()
    assert scenario.recipe is not None
    assert scenario.levels is not None
    world = cast(World, scenario.world)
    options = {
        "num_envs": config.num_forests,
        "num_steps": config.num_forests * config.steps_per_forest,
        "final_learning_rate": 1e-3,
        "learning_rate": 1e-3,
    }
    recipe = replace(scenario.recipe, algorithm=Slot(name="ppo", options=options))
    levels = jax.tree.map(jnp.asarray, scenario.levels("training", num_levels=config.num_forests, seed=seed).levels)
    parts = resolve_parts(scenario, recipe, Shapes(observation_shape(world, levels), world.num_actions))
    return Learner(world, parts, PPOConfig.from_slot(recipe.algorithm), world.goals.index("harvest")), levels


@dataclass(frozen=True)
class _Probe:
    """Thin forests with what two foresters written by hand chop in them."""

    world: World
    levels: object
    num_probes: int
    num_steps: int
    at_once: float
    """Mean number of trees that chopping at once fells."""
    kept: float
    """The same for keeping the forest until it has recovered."""

    @classmethod
    def of(cls, config: LifelongConfig) -> _Probe:
        from misgen.worlds.tree_gridworld.config import TreeConfig
        from misgen.worlds.tree_gridworld.foresters import chop_at_once, keep, seasons
        from misgen.worlds.tree_gridworld.levels import level_at

        scenario = build_scenario("tree-gridworld", {"slowest": config.slowest})
        assert scenario.levels is not None
        pool = scenario.levels("distinguishing", num_levels=config.num_probes, seed=0)
        each = [level_at(pool.levels, index) for index in range(config.num_probes)]  # type: ignore[arg-type]
        knobs = TreeConfig(slowest=config.slowest)
        felled = [
            float(np.mean([one.chopped for one in seasons(knobs, each, forester, num_steps=config.probe_steps)]))
            for forester in (chop_at_once, keep(6))
        ]
        return cls(cast(World, scenario.world), pool.levels, config.num_probes, config.probe_steps, *felled)

    def affinity(self, learner: Learner, params: object) -> float:
        """(trees felled - kept) / (at once - kept) of the policy as it is now, frozen, its actions sampled."""
        import jax
        import jax.numpy as jnp

        from misgen.training import rollout

        played = rollout(
            self.world,
            jax.tree.map(jnp.asarray, self.levels),
            np.arange(self.num_probes),  # type: ignore[arg-type]
            learner.parts.policy,
            params,
            erased=np.zeros((self.num_probes, len(self.world.cues)), bool),  # type: ignore[arg-type]
            key=0,
            max_steps=self.num_steps,
        )
        felled = float(np.asarray(played.scores)[..., self.world.goals.index("chop")].sum(axis=0).mean())
        return (felled - self.kept) / (self.at_once - self.kept)
