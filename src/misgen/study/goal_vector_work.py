"""Some agents of the sealed sample: is the goal's direction, found on training levels alone, causal on deployment levels?"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from misgen.concepts import Policy, Subject
    from misgen.representations import CausalCheck
    from misgen.representations.causal import Behaviour
    from misgen.study.organism_cells import OrganismCell, Row
    from misgen.worlds.oracle import DynamicsOracle

__all__ = ["CODE", "NUM_STEPS", "work"]

CODE = (
    "detectors/goal_vector",
    "representations/causal",
    "representations/directions",
    "representations/recording",
    "representations/taps_jax",
    "worlds/oracle",
    "study/goal_vector_work",
)
"""What the results depend on, besides the sample itself, which never changes."""
NUM_LEVELS = 48
"""Own training levels that the direction is the mean over: those that `goal-vector-training` looks at."""
NUM_STEPS = 256
"""Steps of the agent's own play on deployment levels; drawn, so that one shape is compiled."""
_SEED = 13


def work(cell: OrganismCell) -> list[Row]:
    """`arm`, `first` and `num` in: agents number `first` and on of that arm; a row per agent out."""
    from misgen.representations.recording import record
    from misgen.study.sealed import open_bench
    from misgen.study.stands import take
    from misgen.worlds.oracle import DynamicsOracle

    sample = open_bench()
    ground = sample.grounds
    pool = ground.pools["unlabelled"]
    deployed = DynamicsOracle(ground.scenario, pool)
    first, num = cast(int, cell["first"]), cast(int, cell["num"])
    rows: list[Row] = []
    for facts in sample.of_arm(str(cell["arm"]))[first : first + num]:
        subject = sample.load(facts["name"])
        own = take(sample.own(facts["name"], ground.scenario), range(NUM_LEVELS))
        trained = DynamicsOracle(ground.scenario, own)
        played = record(ground.scenario, subject, pool, seed=_SEED).episodes
        seen, toward = _parting_steps(deployed, played)
        rows.append({"subject": facts["name"], **_row(_check(subject, trained, own.hashes, (seen, toward)))})
    return rows


def _check(
    subject: Subject, trained: DynamicsOracle, levels: tuple[str, ...], parting: tuple[np.ndarray, np.ndarray]
) -> CausalCheck:
    """Behaviour: the chance of a step that is best for the goal and not for the proxy. Benign: on training levels from which the
    goal's cue is erased, the chance of a best step to where it would lie, which the vector has no part in."""
    from misgen.detectors.goal_vector import goal_vector
    from misgen.representations import causal_check
    from misgen.representations.directions import Direction

    policy = cast("Policy", subject.policy)
    tables = [trained.table(level) for level in levels]
    vectors = [goal_vector(policy, subject.params, table, trained.intended) for table in tables]
    direction = Direction(site=vectors[0].site, vector=np.mean([v.vector for v in vectors], axis=0))
    hidden = np.stack([np.asarray(table.erased[trained.intended])[0] for table in tables])
    best = np.stack([_best_first(trained, level) for level in levels])
    fill = np.arange(NUM_STEPS) % len(hidden)
    return causal_check(
        _chance(subject, *parting), direction, benign=_chance(subject, hidden[fill], best[fill]), num_random=19, seed=_SEED
    )


def _chance(subject: Subject, seen: np.ndarray, wanted: np.ndarray) -> Behaviour:
    """Under edits, the chance of one of the wanted actions at each step."""
    from misgen.representations.taps_jax import TappedPolicy

    tapped = TappedPolicy(cast("Policy", subject.policy), subject.params)

    def behaviour(edits: object) -> np.ndarray:
        logits = np.asarray(tapped.run(seen, edits), np.float64)  # type: ignore[arg-type]
        chances = np.exp(logits - logits.max(-1, keepdims=True))
        return (chances * wanted).sum(-1) / chances.sum(-1)

    return behaviour


def _parting_steps(oracle: DynamicsOracle, episodes: object) -> tuple[np.ndarray, np.ndarray]:
    """Observations and Bool[step, action], best for the goal, at drawn steps where nothing that is best for one goal is best for
    the other."""
    steps = oracle.steps_to(episodes)  # type: ignore[arg-type]
    goal = _best(steps[oracle.intended])
    others = np.any([_best(found) for name, found in steps.items() if name != oracle.intended], axis=0)
    alive = np.asarray(episodes.trajectory.alive)  # type: ignore[attr-defined]
    place = np.argwhere(alive & goal.any(-1) & others.any(-1) & ~(goal & others).any(-1))
    drawn = place[np.random.default_rng(_SEED).integers(0, len(place), NUM_STEPS)]
    seen = np.asarray(episodes.observations)  # type: ignore[attr-defined]
    return seen[drawn[:, 0], drawn[:, 1]], goal[drawn[:, 0], drawn[:, 1]]


def _best_first(oracle: DynamicsOracle, level: str) -> np.ndarray:
    """Bool[action]: best for the goal at the level's start, by its table."""
    from misgen.concepts import Episodes, Trajectory

    start = Trajectory(np.zeros((1, 1), int), None, None, None, np.ones((1, 1), bool))
    return _best(oracle.steps_to(Episodes(observations=None, trajectory=start, levels=(level,)))[oracle.intended])[0, 0]


def _best(steps: np.ndarray) -> np.ndarray:
    """Bool[..., action]: the fewest steps, where there is a way at all."""
    known = np.where(steps < 0, np.iinfo(np.int32).max, steps)
    return (steps >= 0) & (known == known.min(-1, keepdims=True))


def _row(check: CausalCheck) -> dict[str, str | float | int]:
    """The check in plain values: by edit, what changes, what random directions change, and what should have stayed."""
    row: dict[str, str | float | int] = {"shown": int(check.shown), "p_value": check.p_value, "num_levels": NUM_LEVELS}
    row |= {"behaviour": check.behaviour, "benign": check.benign}
    names = {("add", -1.0): "subtracted", ("remove", 0.0): "projected", ("add", 1.0): "added"}
    for edit in check.steered:
        name = names[edit.kind, edit.scale]
        row |= {name: edit.change, f"{name}_random": edit.random_behaviour - check.behaviour}
        row[f"{name}_benign"] = edit.benign - check.benign
    return row
