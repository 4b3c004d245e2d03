"""A stranger's goals: a role, what attains it in one transition, and how its cue is hidden from the subject."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from misgen.concepts import Goal, UserError, unknown_name

if TYPE_CHECKING:
    from misgen.concepts import Role

__all__ = ["Attained", "EnvGoal", "Erase", "Transition", "read_goals"]

Attained = str | Callable[..., object]
"""Whether a transition attains the goal: a key of `info`, or a function of some of `Transition`'s fields, by their names."""

Erase = Callable[..., object]
"""From an observation to one without the goal's cue; or a `gymnasium.ObservationWrapper` class whose `observation` does it."""


class Transition(NamedTuple):
    """One step of an environment, as goal functions see it."""

    observation: Any
    """After the step, nothing erased."""
    action: Any
    reward: float
    info: Mapping[str, Any]
    terminated: bool
    truncated: bool
    env: Any
    """The environment itself, for what no observation tells; None in a vector environment."""


@dataclass(frozen=True, kw_only=True)
class EnvGoal:
    """Something a subject in a Gymnasium environment might be pursuing."""

    role: Role
    """`intended`, `proxy`, `distractor` or `harm`; exactly one goal is intended."""
    attained: Attained
    erase: Erase | None = None
    """Gives the paired twin: the same seeds and noise, with this goal's cue hidden from the subject. Goals are scored on what
    really was there."""
    description: str = ""
    """What attaining it looks like, in words a stranger can check on a film."""

    def noun(self, name: str) -> Goal:
        """The goal as the rest of misgen knows it; an unknown role is a `UserError`."""
        return Goal(name=name, role=self.role, description=self.description or f"{name}, as the caller scores it")

    def scorer(self, name: str) -> Callable[[Transition], bool]:
        """The scoring function; whatever is wrong with it is said in words when it is first used."""
        return _by_key(name, self.attained) if isinstance(self.attained, str) else _by_function(name, self.attained)


def read_goals(goals: Mapping[str, EnvGoal | tuple[Role, Attained] | Mapping[str, Any]]) -> dict[str, EnvGoal]:
    """Goals by name, from the short forms too: (role, attained), or a table of `EnvGoal`'s fields."""
    if not isinstance(goals, Mapping) or not goals:
        do = 'Write goals={"coin": ("intended", "has_coin"), "end": ("proxy", at_the_end)}'
        raise UserError("goals must name at least an intended goal and a proxy", seen=repr(goals), do=do)
    found = {name: _goal(name, raw) for name, raw in goals.items()}
    for name, goal in found.items():
        goal.noun(name)
    roles = [goal.role for goal in found.values()]
    if roles.count("intended") != 1 or "proxy" not in roles:
        seen = ", ".join(f"{name}: {goal.role}" for name, goal in found.items())
        raise UserError("There must be exactly one intended goal and at least one proxy", seen=seen)
    return found


def _goal(name: str, raw: object) -> EnvGoal:
    if isinstance(raw, EnvGoal):
        goal = raw
    elif isinstance(raw, tuple) and len(raw) == 2:
        goal = EnvGoal(role=raw[0], attained=raw[1])
    elif isinstance(raw, Mapping):
        for key in raw:
            if key not in EnvGoal.__dataclass_fields__:
                raise unknown_name(f"field of goal {name!r}", str(key), EnvGoal.__dataclass_fields__)
        missing = [key for key in ("role", "attained") if key not in raw]
        if missing:
            raise UserError(f"Goal {name!r} lacks its {' and its '.join(missing)}", seen=dict(raw))
        goal = EnvGoal(**raw)
    else:
        raise UserError(f"Goal {name!r} is no goal", seen=repr(raw), do='Write ("intended", function) or ("proxy", "info_key")')
    if not isinstance(goal.attained, str) and not callable(goal.attained):
        raise UserError(
            f"Goal {name!r} has nothing to score it by", seen=repr(goal.attained), do="Give a function or a key of info"
        )
    if goal.erase is not None and not callable(goal.erase):
        raise UserError(f"The erasure of goal {name!r} cannot be called", seen=repr(goal.erase), do="Give a function or None")
    return goal


def _by_key(name: str, key: str) -> Callable[[Transition], bool]:
    def score(transition: Transition) -> bool:
        if key not in transition.info:
            known = sorted(map(str, transition.info))
            do = f"Keys here: {', '.join(known) or 'none'}; or give a function"
            raise UserError(f"Goal {name!r} is scored by a key that info does not have", seen=repr(key), do=do)
        return _truth(name, transition.info[key])

    return score


def _by_function(name: str, function: Callable[..., object]) -> Callable[[Transition], bool]:
    wanted = _parameters(name, function)

    def score(transition: Transition) -> bool:
        if "env" in wanted and transition.env is None:
            do = "Score it by observation or info, or evaluate the environment singly"
            raise UserError(f"Goal {name!r} asks for env, which a vector environment does not show one by one", do=do)
        try:
            found = function(**{field: getattr(transition, field) for field in wanted})
        except Exception as error:
            do = f"It is called with {', '.join(wanted)} after each step"
            raise UserError(f"The function of goal {name!r} failed", seen=f"{type(error).__name__}: {error}", do=do) from error
        return _truth(name, found)

    return score


def _parameters(name: str, function: Callable[..., object]) -> tuple[str, ...]:
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        raise UserError(
            f"The function of goal {name!r} does not say what it takes", seen=repr(function), do="Wrap it in a def"
        ) from None
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return Transition._fields
    for parameter in parameters:
        if parameter.name not in Transition._fields and parameter.default is parameter.empty:
            do = f"Use any of {', '.join(Transition._fields)}"
            raise UserError(
                f"The function of goal {name!r} takes something that a step does not have", seen=parameter.name, do=do
            )
    return tuple(p.name for p in parameters if p.name in Transition._fields)


def _truth(name: str, value: object) -> bool:
    """A goal is attained or not: numbers other than 0 and 1 are more likely a mistake than meant."""
    number = value.item() if hasattr(value, "item") and getattr(value, "size", 1) == 1 else value  # type: ignore[union-attr]
    if isinstance(number, bool) or (isinstance(number, int | float) and number in (0, 1)):
        return bool(number)
    raise UserError(f"Goal {name!r} was scored neither true nor false", seen=repr(value), do="Return a bool")
