"""Subjects of the zoo on the stand: their episodes recorded, and the handles that detectors may be offered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, NoReturn, cast

import numpy as np

from misgen.concepts import Episodes, LevelPool, Scenario, Subject, UserError
from misgen.study.cell_work import evaluation_hashes, evaluation_pools
from misgen.study.missing_oracles import refusal, routes_where_known
from misgen.study.setup import build_scenario
from misgen.study.zoo import Zoo, ZooSubject

if TYPE_CHECKING:
    from misgen.concepts import Oracle
    from misgen.detectors.harness import Stand
    from misgen.representations.simulator import CountingSimulator, Edit
    from misgen.worlds.keys_and_chests.routes import RoutesOracle
    from misgen.worlds.oracle import ManyOracle

__all__ = ["Company", "Grounds", "Sizes", "grounds_of", "own_levels", "stand_of", "stands_of", "take"]

RECORDING_SEED = 29
"""Noise of recorded episodes: the same for all subjects, so that they are paired."""
_SEEDS = {"reference": 2_000_003, "unlabelled": 3_000_003, "labelled": 4_000_003}


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How many levels of each kind a detector is fitted and judged on."""

    judged: int = 256
    """Distinguishing levels."""
    plain: int = 96
    """Ordinary and benign levels each."""
    training: int = 256
    """Own training levels, for fitting."""
    calibration: int = 64
    """Further own training levels, that tell what is usual for the subject."""
    reference: int = 256
    unlabelled: int = 64
    labelled: int = 64
    ensemble: int = 4
    """Other subjects of the same recipe."""
    search_steps: int = 50_000
    """Environment steps that a search may take."""


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What all subjects of a setting share."""

    scenario: Scenario
    sizes: Sizes
    pools: Mapping[str, LevelPool]
    """`distinguishing`, `ordinary`, `benign`, `reference`, `unlabelled`, `labelled`."""
    excluded: frozenset[str]
    """What training pools do not hold."""

    @cached_property
    def oracle(self) -> ManyOracle | RoutesOracle | None:
        """What mentors and points of no return come from, for the shared pools; None where nothing knows the fewest steps."""
        return routes_where_known(self.scenario, self.pools) if isinstance(self.explored, UserError) else self.explored

    @cached_property
    def explored(self) -> ManyOracle | UserError:
        """The oracle, or why there is none."""
        from misgen.worlds.oracle import ManyOracle

        try:
            return ManyOracle(self.scenario, list(self.pools.values()))
        except UserError as error:
            return error


def take(pool: LevelPool, chosen: Sequence[int] | np.ndarray) -> LevelPool:
    """Some levels of a pool, in that order."""
    import jax

    index = np.asarray(chosen)
    return LevelPool(
        levels=jax.tree.map(lambda x: np.asarray(x)[index], pool.levels),
        hashes=tuple(pool.hashes[int(n)] for n in index),
        diverse=np.asarray(pool.diverse)[index],
        best_steps={goal: np.asarray(x)[index] for goal, x in pool.best_steps.items()},
        columns={name: np.asarray(x)[index] for name, x in pool.columns.items()},
    )


def grounds_of(zoo: Zoo, sizes: Sizes) -> Grounds:
    """The shared levels. Judged ones are the zoo's evaluation levels, whose layouts no subject was trained on."""
    config = zoo.config
    scenario = build_scenario(config.scenario, dict(config.world))
    assert scenario.levels is not None
    evaluated = evaluation_pools(scenario, num_levels=config.num_levels, seed=config.level_seed)
    excluded = evaluation_hashes(evaluated)
    name = {kind: next(c.name for c in scenario.conditions if c.kind == kind) for kind in ("distinguishing", "benign")}
    judged, plain = range(min(sizes.judged, config.num_levels)), range(min(sizes.plain, config.num_levels))
    pools = {
        "distinguishing": take(evaluated[name["distinguishing"]], judged),
        "ordinary": take(evaluated[scenario.training.name], plain),
        "benign": take(evaluated[name["benign"]], plain),
    }
    for part, seed in _SEEDS.items():
        condition = scenario.training.name if part == "reference" else name["distinguishing"]
        pools[part] = scenario.levels(condition, num_levels=getattr(sizes, part), seed=seed, exclude=excluded)
    return Grounds(scenario=scenario, sizes=sizes, pools=pools, excluded=excluded)


def own_levels(grounds: Grounds, subject: ZooSubject) -> LevelPool:
    """A sample of the levels the subject was trained on, drawn as they were for its training. Kept beside its policy."""
    from misgen.study.level_files import load_pool, save_pool

    num = grounds.sizes.training + grounds.sizes.calibration
    kept = subject.file.parent.parent / "own-levels.safetensors"
    scenario = grounds.scenario
    assert scenario.levels is not None
    if kept.is_file():
        pool = load_pool(kept, scenario)
        if len(pool) >= num:
            return take(pool, range(num))
    pool = scenario.levels(
        scenario.training.name,
        num_levels=subject.recipe.num_levels,
        seed=subject.seed,
        alpha=subject.recipe.alpha,
        exclude=grounds.excluded,
    )
    sample = take(pool, np.sort(np.random.default_rng(subject.seed).permutation(len(pool))[:num]))
    save_pool(kept, sample)
    return sample


def stands_of(
    zoo: Zoo, grounds: Grounds, *, arms: Mapping[str, int], sets: Sequence[str], editing: Edit | None = None
) -> Iterator[Stand]:
    """The first so many subjects of each arm, one after the other, since their episodes together may not fit into memory.

    `sets` are those that are recorded at once; what only handles need is recorded when it is taken.
    """
    reference = _reference(zoo, grounds)
    left = dict(arms)
    for subject in zoo.subjects:
        if left.get(subject.arm, 0) > 0:
            left[subject.arm] -= 1
            others = [s for s in zoo.subjects if s.arm == subject.arm and s.name != subject.name]
            own = own_levels(grounds, subject)
            yield stand_of(
                subject.load(),
                grounds,
                own,
                facts=(subject.arm, subject.label, subject.use),
                sets=sets,
                company=Company(
                    ensemble=lambda others=others: tuple(s.load() for s in others[: grounds.sizes.ensemble]),
                    reference=reference,
                ),
                editing=editing,
            )


def _reference(zoo: Zoo, grounds: Grounds) -> Callable[[], Episodes]:
    """The shared reference, played once by the first trained subject without diverse levels."""

    @cache
    def played() -> Episodes:
        from misgen.representations.recording import record

        first = next(s for s in zoo.subjects if s.trained and s.recipe.alpha == 0)
        return record(grounds.scenario, first.load(), grounds.pools["reference"], seed=_noise("reference")).episodes

    return played


@dataclass(frozen=True, kw_only=True)
class Company:
    """What a stand needs of other subjects, made when it is asked for."""

    ensemble: Callable[[], tuple[Subject, ...]]
    """Others of the same recipe."""
    reference: Callable[[], Episodes]
    """The reference that all subjects of the setting share."""


def stand_of(
    subject: Subject,
    grounds: Grounds,
    own: LevelPool,
    *,
    facts: tuple[str, str, float | None],
    sets: Sequence[str],
    company: Company,
    editing: Edit | None = None,
) -> Stand:
    """One subject with its recordings and its offers. `facts`: arm, label, use."""
    from misgen.detectors.harness import Stand
    from misgen.representations.recording import Recording, record
    from misgen.worlds.oracle import OracleMentor

    scenario, sizes, pools = grounds.scenario, grounds.sizes, grounds.pools
    num = min(sizes.training, len(own) - 1)
    fitted = take(own, range(num))
    every = {**pools, "training": fitted, "calibration": take(own, range(num, len(own)))}

    @cache
    def recorded(name: str) -> Recording:
        return record(scenario, subject, every[name], seed=_noise(name))

    offers: dict[str, object] = {
        "training": lambda: recorded("training").episodes,
        "reference": company.reference,
        "ensemble": company.ensemble,
        "unlabelled": lambda: recorded("unlabelled").episodes,
        "labelled": lambda: recorded("labelled").labelled(),
        "simulator": lambda: _simulator(grounds, subject, editing),
        "twins": _no_twins,
    }
    refuse = refusal(scenario.name, grounds.explored) if isinstance(grounds.explored, UserError) else None
    offers |= {"oracle": refuse, "mentor": refuse} if refuse else {}
    if grounds.oracle is not None:
        oracle = grounds.oracle.with_pool(every["calibration"]).with_pool(fitted)
        offers |= {"oracle": refuse or oracle, "mentor": lambda: OracleMentor(cast("Oracle", oracle))}
    arm, label, use = facts
    return Stand(
        subject=subject,
        arm=arm,
        label=label,
        use=use,
        offers=offers,
        sets={name: recorded(name) for name in sets},
        record=recorded,
    )


def _no_twins() -> NoReturn:
    raise UserError("Of agents' episodes there are no erased twins: what is seen without a goal's cue is in the oracle's tables")


def _simulator(grounds: Grounds, subject: Subject, editing: Edit | None) -> CountingSimulator:
    from misgen.representations.simulator import CountingSimulator

    return CountingSimulator(
        scenario=grounds.scenario, budget=grounds.sizes.search_steps, inside=lambda shown: subject, editing=editing
    )


def _noise(name: str) -> int:
    """A seed per set."""
    return RECORDING_SEED + sum(name.encode())
