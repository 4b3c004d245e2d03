"""Where a search makes levels and tries the subject out, every environment step counted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from misgen.concepts import Labelled, LevelPool, Scenario, Subject, UserError
from misgen.representations.recording import record

__all__ = ["CountingSimulator", "Edit"]

Edit = Callable[[Scenario, LevelPool, int], LevelPool]
"""Each level of a pool after one random edit; the number is the seed."""


@dataclass(kw_only=True)
class CountingSimulator:
    """Implements `misgen.concepts.Simulator`. Solving and drawing are free; steps of the subject are not."""

    scenario: Scenario
    budget: int
    """Environment steps that may be taken."""
    inside: Callable[[Subject], Subject] = field(default=lambda subject: subject)
    """From the subject as a method is shown it to the one that can be played."""
    editing: Edit | None = None
    """None where nobody has said how levels of this world are edited."""
    num_steps: int = 0

    @property
    def conditions(self) -> tuple[str, ...]:
        """All of the scenario."""
        return tuple(c.name for c in self.scenario.conditions)

    def draw(self, condition: str, *, num_levels: int, seed: int) -> LevelPool:
        """See `Simulator.draw`."""
        if self.scenario.levels is None or condition not in self.conditions:
            raise UserError("The scenario has no such condition", seen=condition, do=f"Use one of {list(self.conditions)}")
        return self.scenario.levels(condition, num_levels=num_levels, seed=seed)

    def edit(self, pool: LevelPool, *, seed: int) -> LevelPool:
        """See `Simulator.edit`."""
        if self.editing is None:
            raise UserError("Levels of this scenario cannot be edited", seen=self.scenario.name, do="Draw fresh ones")
        return self.editing(self.scenario, pool, seed)

    def play(self, subject: Subject, pool: LevelPool, *, seed: int) -> Labelled:
        """See `Simulator.play`. What goes beyond the budget is refused before it is played, judged by the time limit."""
        assert self.scenario.world is not None
        left = self.budget - self.num_steps
        if left <= 0:
            raise UserError("The search has spent its budget", seen=f"{self.num_steps} of {self.budget} environment steps")
        found = record(self.scenario, self.inside(subject), pool, seed=seed)
        self.num_steps += int(found.steps.sum())
        return found.labelled()

    def fresh(self) -> CountingSimulator:
        """The same with nothing spent."""
        return replace(self, num_steps=0)
