"""ACCEL (Parker-Holder et al. 2022): level replay whose buffer also grows by small edits of the levels just replayed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import cast

import jax
import numpy as np

from misgen.concepts import Access, Case, Made, Recipe, Slot, UserError
from misgen.mitigations.buffer import ReplayConfig
from misgen.mitigations.corner_edits import edit_levels
from misgen.mitigations.replay import Children, Editor, train_by_replay
from misgen.mitigations.training_stage import TrainingStage
from misgen.worlds.corner.dynamics import CornerWorld
from misgen.worlds.corner.levels import Levels, layout_hashes

__all__ = ["ACCEL", "accel", "corner_editor"]


@dataclass(frozen=True, kw_only=True)
class ACCEL(TrainingStage):
    """Level replay with edits. Two kinds of edit are kept apart, since they do different things; see `corner_edits`."""

    config: ReplayConfig
    move_goal: bool = False
    """False: edits keep a level in its class. True: they may move the goal, and so create levels on which the goals part."""
    num_edits: int = 5
    """Edits per child; the published number for mazes."""

    @property
    def access(self) -> Access:
        """As for `plr`; edits that move the goal need somebody to say what is rewarded in the level made (labels, tier 2)."""
        return Access(tier=3 if self.config.scoring == "oracle" else 2)

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        """The `levels` slot says how levels are replayed and edited."""
        options = {**asdict(self.config), "move_goal": self.move_goal, "num_edits": self.num_edits}
        return recipe.with_slot("levels", Slot(name="misgen.mitigations.plr:own_loop", options=options))

    def make(self, case: Case) -> Made:
        """Train the case's subject with the budget of its recipe, scouting rollouts counted."""
        return train_by_replay(case, self.config, editor=corner_editor(case, move_goal=self.move_goal, num_edits=self.num_edits))


def accel(*, scoring: str = "oracle", move_goal: bool = False, num_edits: int = 5) -> ACCEL:
    """The catalogue's factory. `scoring="none"` is the control: random edits, replayed by chance."""
    if num_edits < 1:
        raise UserError("A child differs by at least one edit", seen=num_edits)
    return ACCEL(config=ReplayConfig(scoring=scoring), move_goal=move_goal, num_edits=num_edits)  # type: ignore[arg-type]


def corner_editor(case: Case, *, move_goal: bool, num_edits: int = 5) -> Editor:
    """Edits of `corner` levels; a child that is not sound, or whose walls are an evaluation level's, is thrown away."""
    world = case.scenario.world
    if not isinstance(world, CornerWorld):
        raise UserError("Only levels of corner can be edited", seen=case.scenario.name, do="Use plr, which edits nothing")

    def edit(parents: object, generator: np.random.Generator) -> Children:
        made = edit_levels(
            cast(Levels, parents),
            num_edits=num_edits,
            move_cheese=move_goal,
            max_steps=world.max_steps,
            region=world.config.region,
            generator=generator,
        )
        shut = np.array([walls in case.excluded for walls in layout_hashes(made.levels)], bool)
        kept = made.sound & ~shut
        levels = jax.tree.map(lambda x: x[kept], made.levels)
        return Children(levels, made.best_steps[kept].astype(np.int32), made.diverse[kept])

    return edit
