"""A stranger's conditions: a kind, a severity, and how the environment is built there."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast, get_args

from misgen.concepts import Condition, Kind, UserError, unknown_name

if TYPE_CHECKING:
    from misgen.concepts import Severity

__all__ = ["EnvCondition", "Maker", "build", "read_conditions"]

Maker = str | Callable[..., Any]
"""The id of a registered environment, or a function that makes one."""

_USUAL: dict[str, Severity] = {"training": "none", "control": "none", "distinguishing": "T3", "benign": "T2"}
"""The severity of a kind where nothing is said: what most of our own worlds have."""


@dataclass(frozen=True, kw_only=True)
class EnvCondition:
    """One distribution of levels: an environment, and seeds to reset it with."""

    kind: Kind
    env: Maker | Mapping[str, Any] | None = None
    """How the environment differs here: keyword arguments for its maker, or a maker of its own. None: as it is."""
    severity: Severity | None = None
    """The four-type shift scale. None: none for training and control, T3 where the goals part, T2 where only looks change."""
    description: str = ""

    def noun(self, name: str) -> Condition:
        """The condition as the rest of misgen knows it; an unknown kind or severity is a `UserError`."""
        if self.kind not in get_args(Kind):
            do = f"Use one of {', '.join(get_args(Kind))}"
            raise UserError(f"Condition {name!r} has an unknown kind", seen=repr(self.kind), do=do)
        words = self.description or f"{name}, as the caller builds it"
        return Condition(name=name, kind=self.kind, severity=self.severity or _USUAL[self.kind], description=words)


def read_conditions(
    conditions: Mapping[str, EnvCondition | Kind | tuple[Kind, Any] | Mapping[str, Any]],
) -> dict[str, EnvCondition]:
    """Conditions by name, from the short forms too: a kind, (kind, env), or a table of `EnvCondition`'s fields."""
    if not isinstance(conditions, Mapping) or not conditions:
        do = 'Write conditions={"training": "training", "moved": ("distinguishing", {"moved": True})}'
        raise UserError(
            "conditions must name how the environment is built in training and under shift", seen=repr(conditions), do=do
        )
    found = {name: _condition(name, raw) for name, raw in conditions.items()}
    for name, condition in found.items():
        condition.noun(name)
    kinds = [condition.kind for condition in found.values()]
    if kinds.count("training") != 1 or "distinguishing" not in kinds:
        seen = ", ".join(f"{name}: {condition.kind}" for name, condition in found.items())
        raise UserError("There must be exactly one training condition and at least one distinguishing one", seen=seen)
    return found


def _condition(name: str, raw: object) -> EnvCondition:
    if isinstance(raw, EnvCondition):
        return raw
    if isinstance(raw, str):
        return EnvCondition(kind=cast("Kind", raw))
    if isinstance(raw, tuple) and len(raw) == 2:
        return EnvCondition(kind=raw[0], env=raw[1])
    if isinstance(raw, Mapping):
        for key in raw:
            if key not in EnvCondition.__dataclass_fields__:
                raise unknown_name(f"field of condition {name!r}", str(key), EnvCondition.__dataclass_fields__)
        if "kind" not in raw:
            raise UserError(f"Condition {name!r} lacks its kind", seen=dict(raw))
        return EnvCondition(**raw)
    raise UserError(f"Condition {name!r} is no condition", seen=repr(raw), do='Write "training" or ("distinguishing", {...})')


def build(env: Maker | None, name: str, condition: EnvCondition) -> Any:
    """The environment of one condition, single or vector, with pictures where it can draw them."""
    import gymnasium

    own, options = condition.env, {}
    if isinstance(own, Mapping):
        own, options = None, dict(own)
    maker = own if own is not None else env
    if maker is None:
        raise UserError(f"Condition {name!r} does not say how its environment is built", do="Give env=, or an env of its own")
    try:
        made = _from_id(maker, options) if isinstance(maker, str) else _called(maker, options)
    except UserError:
        raise
    except Exception as error:
        seen = f"{type(error).__name__}: {error}"
        raise UserError(
            f"The environment of condition {name!r} could not be built", seen=seen, do=_advice(maker, options)
        ) from error
    if not isinstance(made, gymnasium.Env | gymnasium.vector.VectorEnv):
        do = "Give an id, or a function that returns a gymnasium.Env or gymnasium.vector.VectorEnv"
        raise UserError(f"What was built for condition {name!r} is no Gymnasium environment", seen=type(made).__name__, do=do)
    return made


def _from_id(name: str, options: dict[str, Any]) -> Any:
    import gymnasium

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of old versions and modes of drawing; what matters raises
        try:
            return gymnasium.make(name, **{"render_mode": "rgb_array", **options})
        except TypeError:
            return gymnasium.make(name, **options)  # takes no render_mode: it stays without films


def _called(maker: object, options: dict[str, Any]) -> Any:
    if not callable(maker):
        raise UserError(
            "env is neither an id nor a function that makes one", seen=type(maker).__name__, do="Give lambda: MyEnv(...)"
        )
    if "render_mode" not in options and _takes(maker, "render_mode"):
        options = {"render_mode": "rgb_array", **options}
    return maker(**options)


def _takes(maker: Callable[..., Any], name: str) -> bool:
    try:
        return name in inspect.signature(maker).parameters
    except (TypeError, ValueError):
        return False


def _advice(maker: Maker, options: Mapping[str, Any]) -> str:
    if isinstance(maker, str):
        return "Import the package that registers it first, or give a function"
    return f"It was called with {', '.join(options) or 'nothing'}"
