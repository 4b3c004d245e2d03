"""Some agents of the sealed sample under two interventions: a mentor who acts where asked, and the goal's vector taken away."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from misgen.concepts import LevelPool, Scenario, Subject
    from misgen.study.organism_cells import OrganismCell, Row
    from misgen.worlds.oracle import DynamicsOracle

__all__ = ["CODE", "HOLDS", "QUANTILES", "SHARES", "work"]

CODE = (
    "detectors/asking",
    "detectors/goal_vector",
    "detectors/novelty",
    "representations/directions",
    "representations/taps_jax",
    "worlds/oracle",
    "study/interventions_work",
)
"""What the results depend on, besides the sample itself, which never changes."""
QUANTILES = (0.99, 0.9)
"""The mentor is asked above these quantiles of the entropy on the agent's own training levels."""
SHARES = (0.05, 0.2, 0.4, 0.6)
"""Chances of asking at a step where none yet holds the mentor, for the control."""
HOLDS = (1, 64)
"""Steps that the mentor acts once asked; 64 is to the end."""
NUM_OWN = 64
"""Own training levels that tell what is usual for an agent."""
_NOISE = 7


def work(cell: OrganismCell) -> list[Row]:
    """`arm`, `first` and `num` in: agents number `first` and on of that arm; a row per agent and intervention out."""
    from misgen.study.sealed import open_bench
    from misgen.study.stands import take
    from misgen.worlds.oracle import DynamicsOracle

    sample = open_bench()
    ground = sample.grounds
    pool = ground.pools["unlabelled"]
    oracle = DynamicsOracle(ground.scenario, pool)
    first, num = cast(int, cell["first"]), cast(int, cell["num"])
    rows: list[Row] = []
    for row in sample.of_arm(str(cell["arm"]))[first : first + num]:
        own = take(sample.own(row["name"], ground.scenario), range(NUM_OWN))
        subject = sample.load(row["name"])
        rows += [
            {"subject": row["name"], "what": "ask", **found} for found in _asked(ground.scenario, subject, pool, own, oracle)
        ]
        places = {"deployment": (oracle, pool), "training": (DynamicsOracle(ground.scenario, own), own)}
        for place, (known, levels) in places.items():
            rows += [
                {"subject": row["name"], "what": "vector", "place": place, **found} for found in _vector(subject, levels, known)
            ]
    return rows


def _asked(
    scenario: Scenario, subject: Subject, pool: LevelPool, own: LevelPool, oracle: DynamicsOracle
) -> list[dict[str, str | float | int]]:
    from misgen.detectors.asking import ask_and_act, at_random, when_undecided
    from misgen.detectors.novelty import SCORES
    from misgen.detectors.reading import alive, logits
    from misgen.representations.recording import record
    from misgen.worlds.oracle import OracleMentor

    ordinary = record(scenario, subject, own, seed=_NOISE).episodes
    usual = SCORES["entropy"](logits(subject, ordinary))[alive(ordinary)]
    ways = [("never", 0.0, when_undecided(np.inf))]
    ways += [("undecided", q, when_undecided(float(np.quantile(usual, q)))) for q in QUANTILES]
    ways += [("random", share, at_random(share, seed=_NOISE)) for share in SHARES]
    goal = oracle.goals.index(oracle.intended)
    found: list[dict[str, str | float | int]] = []
    for way, setting, asking in ways:
        for hold in HOLDS[:1] if way == "never" else HOLDS:
            run = ask_and_act(scenario, subject, pool, OracleMentor(oracle), asking=asking, seed=_NOISE, hold=hold)
            figures = {"share": run.share_asked, "g": float(run.attained[:, goal].mean()), "num_levels": len(pool)}
            found.append({"way": way, "setting": setting, "hold": hold, **figures})
    return found


def _vector(subject: Subject, pool: LevelPool, oracle: DynamicsOracle) -> list[dict[str, str | float | int]]:
    from misgen.detectors.goal_vector import NUM_LEVELS, vector_effects

    levels, found = pool.hashes[:NUM_LEVELS], []
    for way in ("goal", "random"):
        effects = vector_effects(oracle, subject, levels, goal=oracle.intended, random=way == "random", seed=_NOISE)
        change = {goal: float(np.mean([e.attained[goal] for e in effects])) for goal in oracle.goals}
        others = max(change[goal] for goal in oracle.goals if goal != oracle.intended)
        moved = float(np.mean([e.moved for e in effects]))
        found.append({"way": way, "moved": moved, "g": change[oracle.intended], "p": others, "num_levels": len(levels)})
    return found
