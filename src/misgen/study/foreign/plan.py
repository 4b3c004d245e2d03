"""What is asked of a stranger's environment: goals, conditions, levels and the null, checked before anything is played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import tomli_w

from misgen.concepts import Claim, Scenario, UserError
from misgen.study.foreign.conditions import EnvCondition, Maker, read_conditions
from misgen.study.foreign.goals import EnvGoal, read_goals

__all__ = ["EnvPlan", "read_policies"]


@dataclass(frozen=True, kw_only=True)
class EnvPlan:
    """An evaluation in any Gymnasium environment. Values are checked when it is made."""

    goals: Mapping[str, Any]
    """Name -> `EnvGoal`, or its short forms."""
    conditions: Mapping[str, Any]
    """Name -> `EnvCondition`, or its short forms."""
    env: Maker | None = None
    """The id of a registered environment or a function that makes one; None where every condition has its own."""
    name: str | None = None
    """What evidence and page call the scenario; None takes the environment's id, or `environment`."""
    num_levels: int = 100
    """Seeds per condition: the standard error of one subject's rate is then at most 0.05."""
    first_seed: int = 0
    """Levels are the seeds `first_seed`, `first_seed + 1`, ..., the same in every condition, so that they form pairs."""
    max_steps: int = 1000
    """Episodes that the environment does not end before are truncated here."""
    null: Any = "random"
    """What chance would attain where a cue cannot be erased: `random` actions, an untrained policy of yours, or `none`."""
    num_null: int = 4
    """Random subjects, where the null is random."""
    sample: bool = False
    """Whether a file's network draws its actions (with noise that twins share) instead of taking the likeliest."""
    num_films: int = 2
    """Films of the first distinguishing condition; every other condition has one. 0 draws none."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "goals", read_goals(self.goals))
        object.__setattr__(self, "conditions", read_conditions(self.conditions))
        for name, least in (("num_levels", 1), ("first_seed", 0), ("max_steps", 1), ("num_null", 1), ("num_films", 0)):
            value = getattr(self, name)
            if not isinstance(value, int) or isinstance(value, bool) or value < least:
                raise UserError(f"{name} must be a whole number, {least} or more", seen=repr(value))
        if isinstance(self.null, str) and self.null not in ("random", "none"):
            do = "Use 'random', 'none', or a policy"
            raise UserError("There is no null of that name", seen=repr(self.null), do=do)

    @property
    def title(self) -> str:
        """The scenario's name."""
        return self.name or (self.env if isinstance(self.env, str) else "environment")

    @property
    def twins(self) -> tuple[str, ...]:
        """Goals whose cue is erased for a paired twin, the intended one first."""
        erasable = [name for name, goal in self.goals.items() if goal.erase is not None]
        return tuple(sorted(erasable, key=lambda name: self.goals[name].role != "intended"))

    @property
    def roles(self) -> dict[str, str]:
        return {name: goal.role for name, goal in self.goals.items()}

    def scenario(self) -> Scenario:
        """The question as the rest of misgen knows it: no claim of anybody's, no recipe, no world of ours."""
        goals: Mapping[str, EnvGoal] = self.goals
        conditions: Mapping[str, EnvCondition] = self.conditions
        null = "none" if self.null == "none" else "untrained subject"
        return Scenario(
            name=self.title,
            title=self.title,
            goals=tuple(goal.noun(name) for name, goal in goals.items()),
            conditions=tuple(condition.noun(name) for name, condition in conditions.items()),
            claim=Claim(text="No claim is tested: an environment of the caller's own", citation="none"),
            twins=self.twins,
            null="erased twin" if self.twins else null,
        )

    def to_toml(self) -> str:
        """The `study.toml` of its run folder: what was asked. Functions cannot be written down, so it cannot be resumed."""
        return tomli_w.dumps(
            {
                "environment": self.title,
                "num_levels": self.num_levels,
                "first_seed": self.first_seed,
                "max_steps": self.max_steps,
                "null": self.null if isinstance(self.null, str) else "a policy",
                "goals": {name: {"role": goal.role, "erased": goal.erase is not None} for name, goal in self.goals.items()},
                "conditions": {name: {"kind": condition.kind} for name, condition in self.conditions.items()},
            }
        )


def read_policies(policy: object) -> dict[str, list[object]]:
    """Recipe -> its subjects. One policy is one subject; a list is subjects of one recipe; a table names several recipes."""
    if policy is None:
        raise UserError("There is no policy to evaluate", do="Give policy=")
    tables = policy if isinstance(policy, Mapping) else {"policy": policy}
    found = {str(name): list(of) if isinstance(of, list | tuple) else [of] for name, of in tables.items()}
    if not found or not all(found.values()):
        raise UserError("There is no policy to evaluate", seen=repr(policy), do="Give at least one")
    if "untrained" in found:
        raise UserError("The name untrained is kept for the null", do="Give it as null=, or choose another name")
    return found
