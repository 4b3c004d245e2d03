"""A cell: a batch of seeds of one recipe, trained and evaluated together; the unit of work, of resuming and of reuse."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from misgen.concepts import EVIDENCE_COLUMNS, Recipe, UserError
from misgen.records import code_digest, digest_of
from misgen.study.config import StudyConfig
from misgen.worlds.catalogue import SCENARIOS

__all__ = ["Cell", "plan_cells"]


@dataclass(frozen=True, kw_only=True)
class Cell:
    """Plain values only: cells travel to workers as JSON."""

    recipe: Recipe
    seeds: tuple[int, ...]
    num_levels: int
    level_seed: int
    emergence_levels: int
    trained: bool = True
    """False for the untrained null."""

    def to_json(self) -> str:
        return json.dumps({**self._plain(), "recipe": self.recipe.to_dict()}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Cell:
        raw = json.loads(text)
        if not isinstance(raw, Mapping):
            raise UserError("A cell must be a JSON object", seen=text[:80])
        return cls(**{**raw, "recipe": Recipe.from_dict(raw["recipe"]), "seeds": tuple(raw["seeds"])})

    def _plain(self) -> dict[str, object]:
        return {
            "seeds": list(self.seeds),
            "num_levels": self.num_levels,
            "level_seed": self.level_seed,
            "emergence_levels": self.emergence_levels,
            "trained": self.trained,
        }

    @cached_property
    def digest(self) -> str:
        """Names the cell's result: recipe, seeds, evaluation, table schema, and the code that trains, plays and evaluates."""
        rooms = ("training", "concepts/world", "concepts/level", "study/cell_work")
        code = code_digest(*rooms, with_imports=_world(self.recipe.scenario))
        return digest_of({**self._plain(), "recipe": self.recipe.to_dict(), "schema": list(EVIDENCE_COLUMNS), "code": code})

    @property
    def subjects(self) -> tuple[str, ...]:
        """Names of the cell's subjects, readable and unique within a study."""
        arm = f"a{self.recipe.alpha:g}" if self.trained else "untrained"
        prefix = "untrained-" if not self.trained else f"{self.recipe.scenario}-{arm}-"
        return tuple(f"{prefix}s{seed}" for seed in self.seeds)


def plan_cells(config: StudyConfig, base: Recipe) -> list[Cell]:
    """The study's cells: one per arm and batch of seeds, longest arms interleaved; the untrained null last."""
    seeds = config.seeds
    batches = [seeds[i : i + config.seeds_per_cell] for i in range(0, len(seeds), config.seeds_per_cell)]
    cells = [
        Cell(
            recipe=config.recipe(base, alpha),
            seeds=batch,
            num_levels=config.num_levels,
            level_seed=config.level_seed,
            emergence_levels=config.emergence_levels,
        )
        for batch in batches
        for alpha in config.alphas
    ]
    if config.num_untrained:
        null = tuple(range(config.first_seed, config.first_seed + config.num_untrained))
        cells.append(replace(cells[0], recipe=config.recipe(base, 0.0), seeds=null, emergence_levels=0, trained=False))
    return cells


def _world(scenario: str) -> tuple[str, ...]:
    """The module that builds one of our own scenarios; of a foreign one the code is not known."""
    entry = SCENARIOS.get(scenario)
    return (entry.target.partition(":")[0].removeprefix("misgen.").replace(".", "/"),) if entry else ()
