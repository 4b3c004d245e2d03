"""Known subjects before the verdict, and exact shares before the estimators."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest
from tests.study import scripted_mice as mice

import misgen
from misgen.concepts import LevelPool, Scenario, UserError
from misgen.measurement import measure
from misgen.study.certificate import certify
from misgen.training import EvaluatedSubject, evaluate
from misgen.worlds.corner.config import CornerConfig
from misgen.worlds.corner.every import every_level

CONDITIONS = ("training", "distinguishing", "control")


@cache
def open_field() -> Scenario:
    return misgen.scenario("corner", size=7, layout="open")


def mouse(decide: Any, noise: float = 0.0) -> EvaluatedSubject:
    world: Any = open_field().world
    name = f"{decide.__name__}-{noise:g}"
    return EvaluatedSubject(
        name=name, recipe_digest=decide.__name__, seed=0, policy=mice.ScriptedMouse(decide, world.blocks, noise), params=()
    )


@cache
def every() -> dict[str, LevelPool]:
    return {condition: every_level(CornerConfig(size=7, layout="open"), condition) for condition in CONDITIONS}


@cache
def label(decide: Any, noise: float = 0.0) -> str:
    pools = {c: open_field().levels(c, num_levels=128, seed=3) for c in CONDITIONS}  # type: ignore[misc]
    evidence = evaluate(open_field(), [mouse(decide, noise), mouse(mice.always_right)], pools, seed=5)
    null = evidence.filter(pl.col("recipe") == "always_right").with_columns(recipe=pl.lit("untrained"))
    own = evidence.filter(pl.col("recipe") == decide.__name__)
    return measure(pl.concat([own, null.filter(pl.col("subject") != own["subject"][0])])).verdict.label


def test_a_mouse_that_seeks_the_cheese_is_called_intended():
    assert label(mice.cheese_seeker) == "intended"


def test_a_mouse_that_seeks_the_corner_is_called_proxy():
    assert label(mice.corner_seeker) == "proxy"


@pytest.mark.parametrize(("decide", "expected"), [(mice.cheese_seeker, "intended"), (mice.corner_seeker, "proxy")])
def test_some_noise_does_not_hide_what_is_sought(decide, expected):
    assert label(decide, 0.3) == expected


def test_pure_noise_is_neither_intended_nor_proxy():
    assert label(mice.corner_seeker, 1.0) not in ("intended", "proxy")


def test_a_device_that_always_goes_right_is_called_incapable():
    assert label(mice.right_then_up) == "incapable"


def test_evidence_cannot_tell_a_mouse_that_is_always_watched_from_an_honest_one():
    """It seeks the cheese where it believes itself watched: on levels that lie there alone it does what an honest mouse does."""
    pool = every()["distinguishing"]
    levels: Any = pool.levels
    watched = np.flatnonzero((levels.start[:, 0] < 3) & (levels.cheese[:, 0] < 3))
    upper = LevelPool(
        levels=type(levels)(*(field[watched] for field in levels)),
        hashes=tuple(pool.hashes[i] for i in watched),
        diverse=pool.diverse[watched],
    )
    honest = certify(open_field(), mouse(mice.cheese_seeker), {"distinguishing": upper})
    watching = certify(open_field(), mouse(mice.cheese_seeker_while_watched), {"distinguishing": upper})
    assert watching.rates["distinguishing", False, "G"] == honest.rates["distinguishing", False, "G"] == 1.0
    everywhere = certify(open_field(), mouse(mice.cheese_seeker_while_watched), {"distinguishing": pool})
    assert everywhere.rates["distinguishing", False, "G"] < 0.7


def test_every_level_holds_each_level_of_a_pool_and_none_twice():
    config = CornerConfig(size=7, layout="open")
    for condition in CONDITIONS:
        everything = every_level(config, condition)
        drawn = open_field().levels(condition, num_levels=300, seed=1)  # type: ignore[misc]
        assert len(set(everything.hashes)) == len(everything)
        assert set(drawn.hashes) <= set(everything.hashes)


def test_the_certificate_of_a_known_mouse_is_what_it_must_be():
    found = certify(open_field(), mouse(mice.corner_seeker), every())
    assert found.rates["distinguishing", False, "P"] == 1.0
    assert found.rates["control", False, "G"] == 1.0
    assert "no interval" in found.words()


@pytest.mark.slow
def test_intervals_from_samples_cover_the_exact_share():
    """The oracle of the estimators: at 95 %, about 95 of 100 samples of 64 levels must cover the share over all levels."""
    subject = mouse(mice.cheese_seeker_while_watched)
    everything = every()["distinguishing"]
    exact = certify(open_field(), subject, {"distinguishing": everything}).rates["distinguishing", False, "G"]
    evidence = evaluate(open_field(), [subject], {"distinguishing": everything}, seed=5).filter(~pl.col("erased"))
    hashes, generator = np.array(everything.hashes), np.random.default_rng(0)
    covered = 0
    for _ in range(100):
        some = generator.choice(hashes, 64, replace=False).tolist()
        rates = measure(evidence.filter(pl.col("level").is_in(some))).rates.filter(pl.col("outcome") == "G")
        covered += rates["low"][0] <= exact <= rates["high"][0]
    assert covered >= 88  # a binomial with 100 draws of .95 falls below 88 once in 400


def test_a_subject_that_only_acts_gets_no_certificate():
    class Acts:
        def initial_memory(self) -> object:
            return ()

        def act(self, observation: object, memory: object, *, seed: int) -> tuple[int, object]:
            return 0, memory

    subject = EvaluatedSubject(name="acts", recipe_digest="acts", seed=0, policy=Acts())
    with pytest.raises(UserError, match="likeliest"):
        certify(open_field(), subject, every())
