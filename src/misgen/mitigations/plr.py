"""PLR-perp (Jiang et al. 2021, Robust PLR): replay the levels with most regret, and learn from replayed levels only."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from misgen.concepts import Access, Case, Made, Recipe, Slot, UserError
from misgen.mitigations.buffer import ReplayConfig
from misgen.mitigations.replay import train_by_replay
from misgen.mitigations.training_stage import TrainingStage

__all__ = ["PLR", "own_loop", "plr"]


@dataclass(frozen=True, kw_only=True)
class PLR(TrainingStage):
    """Prioritised level replay; see `misgen.mitigations.replay` for the loop and what counts."""

    config: ReplayConfig

    @property
    def access(self) -> Access:
        """`oracle` needs a solver (tier 3); `max` only what the subject itself attained, on levels whose reward is known (2)."""
        return Access(tier=3 if self.config.scoring == "oracle" else 2)

    def apply_to_recipe(self, recipe: Recipe) -> Recipe:
        """The `levels` slot says how levels are replayed."""
        return recipe.with_slot("levels", Slot(name="misgen.mitigations.plr:own_loop", options=asdict(self.config)))

    def make(self, case: Case) -> Made:
        """Train the case's subject with the budget of its recipe, every rollout counted."""
        return train_by_replay(case, self.config)


def plr(
    *,
    scoring: str = "oracle",
    capacity: int = 4000,
    replay: float = 0.8,
    staleness: float = 0.3,
    temperature: float = 0.3,
    min_fill: float = 0.5,
    learn_generated: bool = False,
) -> PLR:
    """The catalogue's factory; `ReplayConfig` explains the options."""
    config = ReplayConfig(
        scoring=scoring,  # type: ignore[arg-type]
        capacity=capacity,
        replay=replay,
        staleness=staleness,
        temperature=temperature,
        min_fill=min_fill,
        learn_generated=learn_generated,
    )
    return PLR(config=config)


def own_loop(
    setting: object,
    *,
    scoring: str,
    capacity: int,
    replay: float,
    staleness: float,
    temperature: float,
    min_fill: float,
    learn_generated: bool,
    move_goal: bool = False,
    num_edits: int = 0,
) -> object:
    """What the slot names. The plain trainer cannot choose which rollouts to learn from, so it is sent away."""
    raise UserError(
        "Level replay learns from some rollouts only, which the plain trainer cannot",
        seen=f"scoring {scoring!r}",
        do="Train with the method's own make(case); see misgen.mitigations",
    )
