"""What every mitigation must satisfy. Usable on anybody's:

from misgen.conformance import check_mitigation
check_mitigation(MyMitigation)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

import jax
import numpy as np

from misgen.concepts import (
    Access,
    AccessRefusedError,
    Case,
    Cost,
    Made,
    Maker,
    Policy,
    Recipe,
    Scenario,
    Slot,
    Subject,
    UserError,
)
from misgen.concepts.handles import TIERS, Accessed
from misgen.conformance.allowed import allowed
from misgen.conformance.sample import FailureError, NotApplicableError
from misgen.conformance.world import Conformance
from misgen.training import train, untrained
from misgen.training.rollout import rollout

__all__ = ["MITIGATION_CHECKS", "Tried", "check_mitigation", "tried_on"]

STAGES = ("training", "finetuning", "deployment")
NUM_LEVELS = 256
BUDGET = {"num_steps": 4096, "num_envs": 32, "unroll": 32, "num_minibatches": 2}
"""Four updates: enough to see that a method runs, too few to see whether it helps."""


@dataclass(frozen=True)
class Tried:
    """A mitigation's factory, and a small case to try it on."""

    make: Callable[[], Any]
    case: Case
    """As the method's declared access allows; see `misgen.conformance.allowed`."""
    log: list[Accessed]

    @property
    def before(self) -> Subject:
        """The case's subject as it came."""
        assert self.case.before is not None
        return self.case.before

    @cached_property
    def made(self) -> Made:
        """What the method makes of the case, if it makes anything."""
        method = self.make()
        if not isinstance(method, Maker):
            raise NotApplicableError("it does not make subjects itself")
        return method.make(self.case)


def check_mitigation(make: Callable[[], Any], *, scenario: Scenario | None = None, seed: int = 0) -> Conformance:
    """Runs all checks on what `make()` returns; raises one AssertionError that lists every failure in words.

    `scenario` is a jittable one with a recipe; by default `corner` in a small maze, with two diverse levels in a hundred
    for a method of tier 2 and above.
    """
    tried = tried_on(make, scenario=scenario, seed=seed)
    passed, skipped, failed = [], {}, []
    for name, check in MITIGATION_CHECKS.items():
        try:
            check(tried)
            passed.append(name)
        except NotApplicableError as reason:
            skipped[name] = str(reason)
        except Exception as failure:  # whatever a foreign method raises is its failure, and the other checks still run
            failed.append(f"{name}: {failure}" if isinstance(failure, FailureError) else f"{name}: raised {failure!r}")
    if failed:
        raise AssertionError("The mitigation does not conform:\n- " + "\n- ".join(failed))
    return Conformance(tuple(passed), skipped)


def tried_on(make: Callable[[], Any], *, scenario: Scenario | None = None, seed: int = 0, access: Access | None = None) -> Tried:
    """A small case, handed over as the method's own access allows, or as another `access` would."""
    method, log = make(), []
    declared = access or getattr(method, "access", None)
    declared = declared if isinstance(declared, Access) else Access(tier=0)
    whole = _case(scenario or _small_corner(), seed, alpha=0.02 if declared.tier >= TIERS["labelled"] else 0.0)
    return Tried(make, allowed(whole, declared, log, deployed=getattr(method, "stage", None) == "deployment"), log)


def it_declares_stage_and_access(tried: Tried) -> None:
    """`stage` is one of three words; `access` is an `Access` with a tier from 0 to 4."""
    method = tried.make()
    if method.stage not in STAGES:
        raise FailureError(f"stage {method.stage!r} is not one of {', '.join(STAGES)}")
    if not isinstance(method.access, Access) or method.access.tier not in range(5):
        raise FailureError(f"access is {method.access!r}, not a misgen.concepts.Access of tier 0 to 4")


def it_keeps_to_its_tier(tried: Tried) -> None:
    """It draws no levels, reads no solutions and looks at no activations above what it declares, and asks nobody below tier 4:
    one refusal, even a caught one, is a failure."""
    method: Any = tried.make()
    try:
        queries = tried.made.spent.queries if hasattr(method, "make") else 0
        if method.stage == "deployment":
            _acts(tried.case.scenario, method.apply_to_subject(tried.before), tried.case)
    except AccessRefusedError as error:
        raise FailureError(str(error)) from None
    refused = sorted({line.handle for line in tried.log if not line.allowed})
    if refused:
        raise FailureError(f"it reached for {', '.join(refused)} at tier {method.access.tier}")
    if queries and method.access.tier < TIERS["mentor"]:
        raise FailureError(f"it asked {queries} questions at tier {method.access.tier}; a mentor is tier 4")


def a_changed_recipe_is_still_a_recipe(tried: Tried) -> None:
    """It round-trips through plain values, and is of the same scenario and world."""
    recipe = tried.case.recipe
    changed = tried.make().apply_to_recipe(recipe)
    if not isinstance(changed, Recipe):
        raise FailureError(f"apply_to_recipe returns {type(changed).__name__}")
    if Recipe.from_dict(changed.to_dict()) != changed:
        raise FailureError("the changed recipe is not what from_dict(to_dict()) gives back")
    if (changed.scenario, dict(changed.world)) != (recipe.scenario, dict(recipe.world)):
        raise FailureError("it changes the scenario or its world; what is evaluated must stay the same")


def each_stage_leaves_the_others_alone(tried: Tried) -> None:
    """A method of training does not wrap subjects; one of deployment or finetuning does not change recipes."""
    method = tried.make()
    if method.stage == "training" and method.apply_to_subject(tried.before) is not tried.before:
        raise FailureError("stage is training, but apply_to_subject changes a subject")
    if method.stage != "training" and method.apply_to_recipe(tried.case.recipe) != tried.case.recipe:
        raise FailureError(f"stage is {method.stage}, but apply_to_recipe changes a recipe")


def a_changed_recipe_trains(tried: Tried) -> None:
    """With the ordinary trainer, unless the method makes its subject itself."""
    method = tried.make()
    if isinstance(method, Maker):
        raise NotApplicableError("it makes its subject itself")
    if method.stage != "training":
        raise NotApplicableError(f"its stage is {method.stage}")
    (trained,) = train(
        tried.case.scenario, method.apply_to_recipe(tried.case.recipe), seeds=[tried.case.seed], pool=tried.case.pool
    )
    if trained.status != "trained":
        raise FailureError(f"training ended as {trained.status}")


def a_wrapped_subject_acts(tried: Tried) -> None:
    """In as many actions as before, with finite logits throughout an episode."""
    subject = tried.make().apply_to_subject(tried.before)
    if subject is tried.before:
        raise NotApplicableError("it wraps no subject")
    _acts(tried.case.scenario, subject, tried.case)


def a_subject_that_it_makes_acts(tried: Tried) -> None:
    """`make` gives a subject with finite parameters that can play the case's levels, where the method says it is evaluated."""
    made = tried.made
    if not isinstance(made, Made):
        raise FailureError(f"make returns {type(made).__name__}")
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(made.subject.params)]
    if not all(np.isfinite(leaf).all() for leaf in leaves if np.issubdtype(leaf.dtype, np.floating)):
        raise FailureError("the made subject's parameters are not all finite")
    _acts(made.scenario or tried.case.scenario, made.subject, tried.case)


def it_says_what_was_spent(tried: Tried) -> None:
    """A method that trains from scratch counts the recipe's environment steps at least; nothing counted is negative."""
    made, method = tried.made, tried.make()
    spent = made.spent
    if min(spent.env_steps, spent.learned_steps, spent.labels, spent.queries) < 0:
        raise FailureError(f"something spent is negative: {spent}")
    if method.stage == "training" and spent.env_steps < BUDGET["num_steps"]:
        raise FailureError(f"{spent.env_steps} environment steps are counted; the recipe alone takes {BUDGET['num_steps']}")
    if not isinstance(method.cost(), Cost):
        raise FailureError(f"cost() returns {type(method.cost()).__name__}")


def making_again_gives_the_same_subject(tried: Tried) -> None:
    """Everything random comes from the case's seed."""
    first, second = tried.made, replace(tried).made
    pairs = zip(jax.tree.leaves(first.subject.params), jax.tree.leaves(second.subject.params), strict=True)
    if not all(np.array_equal(np.asarray(a), np.asarray(b)) for a, b in pairs):
        raise FailureError("two subjects made of one case differ")


MITIGATION_CHECKS: dict[str, Callable[[Tried], None]] = {
    check.__name__: check
    for check in (
        it_declares_stage_and_access,
        it_keeps_to_its_tier,
        a_changed_recipe_is_still_a_recipe,
        each_stage_leaves_the_others_alone,
        a_changed_recipe_trains,
        a_wrapped_subject_acts,
        a_subject_that_it_makes_acts,
        it_says_what_was_spent,
        making_again_gives_the_same_subject,
    )
}
"""Name -> check; the name is the claim."""


def _acts(scenario: Scenario, subject: Subject, case: Case) -> None:
    world: Any = scenario.world
    if not isinstance(subject.policy, Policy):
        raise FailureError("the policy is none: see misgen.concepts.Policy")
    levels = jax.tree.map(np.asarray, case.pool.levels)
    erased = np.zeros((8, len(world.cues)), bool)
    number: Any = np.arange(8) % len(case.pool)
    first = world.reset(levels, number[0], key=jax.random.key(0))
    seen = world.observe(levels, first, erased[0])
    logits = np.asarray(subject.policy.apply(subject.params, seen, subject.policy.initial_memory())[0].logits)
    if logits.shape != (world.num_actions,) or not np.isfinite(logits).all():
        raise FailureError(f"logits of shape {logits.shape} for {world.num_actions} actions, or not finite")
    played = rollout(world, levels, number, subject.policy, subject.params, erased=erased, key=0)  # type: ignore[arg-type]
    if not np.asarray(played.alive)[0].all():
        raise FailureError("it does not take a first step")


@cache
def _small_corner() -> Scenario:
    from misgen.worlds.corner.scenario import scenario

    return scenario(size=7)


def _case(scenario: Scenario, seed: int, *, alpha: float) -> Case:
    if scenario.levels is None or scenario.recipe is None:
        raise UserError("The scenario trains nothing", seen=scenario.name, do="Give one with a jittable world and a recipe")
    algorithm = Slot(name="ppo", options=BUDGET)
    recipe = replace(scenario.recipe, alpha=alpha, num_levels=NUM_LEVELS, algorithm=algorithm)
    pool = scenario.levels(scenario.training.name, num_levels=NUM_LEVELS, seed=seed, alpha=recipe.alpha)
    found = untrained(scenario, recipe, seed)
    before = Subject(name="untrained", policy=found.policy, params=found.params)
    return Case(scenario=scenario, recipe=recipe, seed=seed, pool=pool, excluded=frozenset(), before=before)
