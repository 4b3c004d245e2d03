"""A stranger's policy in one of our scenarios: functions and ONNX files in the host loop, networks of ours on the device."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from misgen.concepts import BlackBoxPolicy, Scenario, UserError
from misgen.study.foreign.plan import read_policies
from misgen.study.foreign.policies import NetworkFile, Spaces, actor_of, check_file, load_network

if TYPE_CHECKING:
    from misgen.training import EvaluatedSubject

__all__ = ["foreign_subjects"]


def foreign_subjects(scenario: Scenario, policy: object, *, sample: bool = False) -> list[EvaluatedSubject]:
    """The policies as subjects of that scenario; see `read_policies` for the forms. Loads JAX."""
    from misgen.training import EvaluatedSubject

    recipes = read_policies(policy)
    for one in (one for policies in recipes.values() for one in policies):
        if isinstance(one, str | Path):
            check_file(Path(one))
    spaces = _spaces(scenario)
    found = []
    for recipe, policies in recipes.items():
        for seed, one in enumerate(policies):
            name = recipe if len(policies) == 1 else f"{recipe}-s{seed}"
            playing, params = _playing(one, spaces, sample=sample)
            found.append(EvaluatedSubject(name=name, recipe_digest=recipe, seed=seed, policy=playing, params=params))
    return found


def _playing(policy: object, spaces: Spaces, *, sample: bool) -> tuple[Any, object]:
    """Networks of ours that draw their actions run as they were trained; everything else only acts."""
    file = NetworkFile(Path(policy)) if isinstance(policy, str | Path) and Path(policy).suffix == ".safetensors" else policy
    if isinstance(file, NetworkFile) and sample:
        return load_network(file, spaces.observation.shape, spaces.action.n)
    return _Checked(actor_of(file, spaces, sample=sample), spaces.action.n), None


@dataclass(frozen=True)
class _Shaped:
    shape: tuple[int, ...]


@dataclass(frozen=True)
class _Numbered:
    n: int
    start: int = 0


def _spaces(scenario: Scenario) -> Spaces:
    """What subjects see and do there, found by looking at one level."""
    import jax

    from misgen.concepts import World

    world = scenario.world
    if world is None or scenario.levels is None:
        raise UserError("A policy cannot act in this scenario", seen=scenario.name, do="Choose one with a world of ours")
    pool = scenario.levels(scenario.training.name, num_levels=1, seed=0)
    if not isinstance(world, World):
        first: Any = world.reset(pool.levels[0], seed=0)  # type: ignore[index]
        return Spaces(_Shaped(tuple(first.shape)), _Numbered(world.num_actions))
    state = world.reset(pool.levels, np.int32(0), key=jax.random.key(0))
    seen: Any = world.observe(pool.levels, state, np.zeros(len(world.cues), bool))
    return Spaces(_Shaped(tuple(seen.shape)), _Numbered(world.num_actions))


@dataclass(frozen=True)
class _Checked:
    """A policy whose failures are said in words."""

    policy: BlackBoxPolicy
    num_actions: int

    def initial_memory(self) -> object:
        return self.policy.initial_memory()

    def act(self, observation: object, memory: object, *, seed: int) -> tuple[int, object]:
        try:
            action, memory = self.policy.act(np.asarray(observation), memory, seed=seed)
        except UserError:
            raise
        except Exception as error:
            seen = f"{type(error).__name__}: {error}"
            raise UserError("The policy failed", seen=seen, do="It is shown one observation, a NumPy array") from error
        if np.size(action) != 1 or np.asarray(action).dtype.kind not in "iu":
            do = f"Use a whole number from 0 to {self.num_actions - 1}"
            raise UserError("The policy chose an action that the world does not have", seen=repr(action), do=do)
        return int(np.asarray(action).reshape(())), memory
