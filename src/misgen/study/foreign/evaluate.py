"""Any policy in any Gymnasium environment, into Evidence; on request with films and a run folder for the page."""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.concepts import UserError
from misgen.study.foreign.conditions import build
from misgen.study.foreign.episodes import Episode, Played, Stage
from misgen.study.foreign.plan import EnvPlan, read_policies
from misgen.study.foreign.run_folder import check_free, write_run
from misgen.study.foreign.subjects import Sight, Subject, actor, word_of

if TYPE_CHECKING:
    import polars as pl

__all__ = ["evaluate_env"]


def evaluate_env(plan: EnvPlan, policy: object, *, out: Path | None = None) -> pl.DataFrame:
    """Evidence: one row per subject x condition x {shown, each twin} x seed x goal.

    `policy` is one, a list of subjects of one recipe, or a table of recipes. With `out`, that folder becomes a run: tables,
    verdict, risk and, where the environment draws `rgb_array`, films; `misgen.write_report(out)` makes the page. Levels with the
    same first look count as one level with several episodes. Random: what environments and policies draw from the seeds they are
    given; the same call gives the same evidence where they keep to them. Fails with a `UserError` that names what is wrong.
    """
    started, spent = time.monotonic(), time.process_time()
    if out is not None:
        check_free(out, plan.to_toml())
    subjects = _subjects(plan, policy)
    sights: dict[str, Sight] = {}
    try:
        for name in plan.conditions:
            sights[name] = _sight(plan, name)
            _play(plan, name, sights[name], subjects)
        _check_erasures(plan, sights)
        evidence = _evidence(plan, sights, subjects)
        if out is not None:
            costs = (time.monotonic() - started, time.process_time() - spent)
            write_run(out, plan, evidence, sights, subjects, costs=costs)
    finally:
        for sight in sights.values():
            sight.stage.env.close()
    return evidence


def _subjects(plan: EnvPlan, policy: object) -> list[Subject]:
    found = []
    for recipe, policies in read_policies(policy).items():
        for seed, one in enumerate(policies):
            name = recipe if len(policies) == 1 else f"{recipe}-s{seed}"
            found.append(Subject(name=name, recipe=recipe, seed=seed, policy=one))
    if plan.null == "random":
        nulls = ["random"] * plan.num_null
    else:
        nulls = [] if plan.null == "none" else [one for of in read_policies(plan.null).values() for one in of]
    found += [
        Subject(name=f"untrained-s{n}", recipe="untrained", seed=n, policy=one, is_null=True) for n, one in enumerate(nulls)
    ]
    return found


def _sight(plan: EnvPlan, condition: str) -> Sight:
    """The condition's environment and levels, after trying that it keeps to its seeds."""
    env = build(plan.env, condition, plan.conditions[condition])
    scorers = {name: goal.scorer(name) for name, goal in plan.goals.items()}
    erase = {name: plan.goals[name].erase for name in plan.twins}
    stage = Stage(env=env, goals=scorers, erase=erase, max_steps=plan.max_steps)
    try:
        seeds = _seeds(plan)
        looks = [stage.look(seed) for seed in seeds]
        if stage.look(seeds[0]) != looks[0]:
            do = "reset(seed=...) must start the same level each time; pass the seed on to whatever draws"
            raise UserError(
                f"The environment of condition {condition!r} does not keep to its seed", seen=f"seed {seeds[0]}", do=do
            )
        if len(set(looks)) < len(looks) and stage.draws:
            looks = [stage.look(seed, render=True) for seed in seeds]  # the subject sees a part, the picture may show all
        return Sight(stage=stage, hashes=[f"{zlib.crc32(condition.encode()):08x}{look}" for look in looks])
    except BaseException:
        env.close()
        raise


def _seeds(plan: EnvPlan) -> Sequence[int]:
    return range(plan.first_seed, plan.first_seed + plan.num_levels)


def _play(plan: EnvPlan, condition: str, sight: Sight, subjects: Sequence[Subject]) -> None:
    """Everybody plays every seed; the null only where it is compared with, and with nothing hidden from it."""
    kind = plan.conditions[condition].kind
    for subject in subjects:
        if subject.is_null and kind not in ("distinguishing", "control"):
            continue
        acting = actor(plan, subject, sight.stage)
        for erased in (None,) if subject.is_null else (None, *plan.twins):
            episodes = [Episode(seed, word_of(condition, seed, subject), erased) for seed in _seeds(plan)]
            sight.played[subject.name, erased] = sight.stage.play(episodes, acting)


def _check_erasures(plan: EnvPlan, sights: Mapping[str, Sight]) -> None:
    """An erasure that never hid anything would make every subject look as if it did not look for the goal."""
    for goal in plan.twins:
        episodes = [one for s in sights.values() for (_, erased), played in s.played.items() if erased == goal for one in played]
        if not any(one.changed for one in episodes):
            do = "It must return an observation without the goal's cue"
            raise UserError(f"The erasure of goal {goal!r} never changed an observation", seen=f"{len(episodes)} episodes", do=do)


def _evidence(plan: EnvPlan, sights: Mapping[str, Sight], subjects: Sequence[Subject]) -> pl.DataFrame:
    import polars as pl

    from misgen.records import evidence_schema

    rows = []
    for subject in subjects:
        for condition, sight in sights.items():
            for erased in (None, *plan.twins):
                counted: dict[str, int] = {}
                for level, played in zip(sight.hashes, sight.played.get((subject.name, erased), ()), strict=False):
                    counted[level] = counted.get(level, -1) + 1
                    fixed = _row(plan, subject, condition, erased, played)
                    rows += [
                        {**fixed, **_scored(plan, goal, played), "level": level, "episode": counted[level]} for goal in plan.goals
                    ]
    return pl.DataFrame(rows, schema=pl.Schema(evidence_schema()))


def _row(plan: EnvPlan, subject: Subject, condition: str, erased: str | None, played: Played) -> dict[str, object]:
    return {
        "subject": subject.name,
        "recipe": subject.recipe,
        "scenario": plan.title,
        "condition": condition,
        "kind": plan.conditions[condition].kind,
        "ending": "terminated" if played.terminated else "truncated",
        "seed": subject.seed,
        "erased": erased is not None,
        "erased_goal": erased,
        "unscored_reason": None,
        "steps": played.steps,
        "best_return": None,
    }


def _scored(plan: EnvPlan, goal: str, played: Played) -> dict[str, object]:
    first = played.first_step.get(goal)
    return {
        "goal": goal,
        "role": plan.goals[goal].role,
        "achieved": first is not None,
        "first_step": first,
        "return_": float(first is not None),
    }
