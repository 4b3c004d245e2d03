"""What a run shows of itself: films of typical subjects, and the trained agent that the page lets a reader play with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misgen.concepts import LevelPool, Scenario, Trajectory, UserError
from misgen.records import RunFolder, read_table, write_json
from misgen.study.cell_work import EVALUATION_SEED, evaluation_pools
from misgen.study.config import StudyConfig
from misgen.study.films import Film, FilmEvent, write_film
from misgen.study.inert_cue import INERT, WithInertCue
from misgen.study.setup import build_scenario
from misgen.study.takes import GAP, Reel, Take
from misgen.worlds.catalogue import host_of

if TYPE_CHECKING:
    import polars as pl

    from misgen.training import EvaluatedSubject
    from misgen.worlds.host import Host

__all__ = ["actions_of", "draw_films", "draw_scenes", "erased_by_default"]


def draw_scenes(run: Path, *, num_films: int) -> None:
    """Films, films/index.json and interactive.json of a run whose evidence is assembled."""
    from misgen.study.interactive import interactive

    draw_films(run, num_films=num_films)
    stage = _Stage.of(run)
    write_json(stage.folder.interactive, interactive(stage.scenario, stage.typical_subjects(), stage.pools, stage.folder))


def draw_films(run: Path, *, num_films: int, subject: str | None = None, out: Path | None = None) -> list[Path]:
    """Twin films of a typical subject per arm (or of `subject`), and one film per other condition; returns the APNG files."""
    stage = _Stage.of(run)
    if stage.host is None:
        return []
    place = out or stage.folder.films
    chosen = [stage.named(subject)] if subject else stage.typical_subjects()
    shelves = [list(stage.films(row, num_films)) for row in chosen]
    in_turn = [film for films in zip_longest(*shelves) for film in films if film is not None]  # a page may not have room for all
    index = [write_film(film, place) for film in in_turn]
    write_json(place / "index.json", index)
    return [place / str(entry["file"]) for entry in index]


def erased_by_default(scenario: str) -> frozenset[str]:
    """The goal whose cue this scenario's evaluation hides first. Fails with a `UserError` where it can hide none."""
    twins = build_scenario(scenario, {}).twins
    if not twins:
        raise UserError("This scenario has no cue to hide", seen=scenario, do="Watch it without --erased")
    return frozenset(twins[:1])


def actions_of(policy: Path, scenario: str, level: Any, *, erased: frozenset[str]) -> list[int]:
    """The actions a saved policy takes in one of the scenario's levels, sampled as in evaluation.

    Fails with a `UserError` for an unreadable policy, or one trained for another size of world.
    """
    import numpy as np

    from misgen.training import WhiteBoxActor, host_rollout, load_policy

    loaded = load_policy(policy)
    host = host_of(scenario)
    if host is None:
        raise UserError("This scenario cannot be watched in a terminal", seen=scenario)
    world = host.episode(level)
    fits, seen = loaded.policy.shapes.observation, np.shape(world.reset(level, seed=0))  # type: ignore[arg-type]
    if seen != fits:
        raise UserError(
            "The policy was trained to see another world",
            seen=f"observations of {_extent(fits)} numbers, and here they have {_extent(seen)}",
            do="Give the --mode it was trained with, for corner for instance blocks:9; only default observations can be watched",
        )
    played = host_rollout(world, [level], WhiteBoxActor(loaded.policy, loaded.params), erased=[erased], key=EVALUATION_SEED)
    actions, alive = np.asarray(played.actions)[:, 0], np.asarray(played.alive)[:, 0]
    return [int(action) for action in actions[alive]]


def _extent(shape: Sequence[int]) -> str:
    return " x ".join(map(str, shape))


@dataclass(frozen=True, kw_only=True)
class _Stage:
    """A run opened for drawing."""

    folder: RunFolder
    config: StudyConfig
    scenario: Scenario
    host: Host | None
    pools: dict[str, LevelPool]
    subjects: pl.DataFrame
    outcomes: pl.DataFrame
    """From measurement: one row per episode with its outcome, and its length in steps."""

    @classmethod
    def of(cls, run: Path) -> _Stage:
        from misgen.measurement import outcomes

        folder = RunFolder.open(run)
        config = StudyConfig.from_toml(folder.study.read_text("utf-8"))
        if not folder.evidence.is_file():
            raise UserError("The run has no evidence to film", seen=str(run), do=f"Finish it with: misgen resume {run}")
        scenario = build_scenario(config.scenario, dict(config.world))
        evidence = read_table(folder.evidence)
        return cls(
            folder=folder,
            config=config,
            scenario=scenario,
            host=host_of(config.scenario),
            pools=evaluation_pools(scenario, num_levels=config.num_levels, seed=config.level_seed),
            subjects=read_table(folder.subjects),
            outcomes=_with_steps(outcomes(evidence), evidence),
        )

    def named(self, subject: str) -> dict[str, Any]:
        from misgen.concepts import unknown_name

        found = self.subjects.filter(self.subjects["subject"] == subject)
        if found.is_empty():
            raise unknown_name("subject in this run", subject, self.subjects["subject"].to_list())
        return found.row(0, named=True)

    def typical_subjects(self) -> list[dict[str, Any]]:
        """Of each arm the trained subject whose rate of P on distinguishing levels is the median (the lower, if two are)."""
        import polars as pl

        shown = self.outcomes.filter((pl.col("kind") == "distinguishing") & pl.col("erased_goal").is_null())
        rate = shown.group_by("subject").agg((pl.col("outcome") == "P").mean().alias("p"))
        ranked = self.subjects.filter(pl.col("alpha").is_not_null()).join(rate, on="subject").sort("alpha", "p", "seed")
        arms = ranked.partition_by("alpha", maintain_order=True)
        return [arm.row((arm.height - 1) // 2, named=True) for arm in arms]

    def films(self, row: dict[str, Any], num_films: int) -> Iterator[Film]:
        """Twin films of the condition that the verdict rests on, then one film of each other."""
        subject = self._evaluated(row)
        kinds = {c.name: c.kind for c in self.scenario.conditions}
        first = next((name for name, kind in kinds.items() if kind == "distinguishing"), None)
        for condition in sorted(self.scenario.conditions, key=lambda c: c.name != first):
            wanted = num_films if condition.name == first else min(1, num_films)
            for number, level in enumerate(self._typical_levels(row["subject"], condition.name, wanted)):
                yield self._film(row, subject, condition.name, level, number)

    def _typical_levels(self, subject: str, condition: str, num: int) -> list[int]:
        """Indices of levels with the outcome this subject most often has there, of middling length."""
        import polars as pl

        of = self.outcomes.filter(
            (pl.col("subject") == subject) & (pl.col("condition") == condition) & pl.col("erased_goal").is_null()
        )
        most = of.group_by("outcome").len().sort("len", "outcome", descending=[True, False])["outcome"][0]
        places = {name: index for index, name in reversed(list(enumerate(self.pools[condition].hashes)))}
        levels = of.filter(pl.col("outcome") == most).sort("steps", "level")["level"].to_list()
        middle = levels[len(levels) // 4 :]
        return [places[level] for level in middle[:: max(1, len(middle) // max(1, num))][:num]]

    def _film(self, row: dict[str, Any], subject: EvaluatedSubject, condition: str, level: int, number: int) -> Film:
        pool = self.pools[condition]
        kind = next(c.kind for c in self.scenario.conditions if c.name == condition)
        erased_goal = self.scenario.twins[0] if self.scenario.twins else None
        is_twin = kind == "distinguishing" and erased_goal is not None
        kind = "twin" if is_twin else kind
        played, divergence = self._played(subject, condition, level, erased_goal, is_twin=is_twin)
        outcomes = [_outcome(self.scenario, take) for take in played]
        reel = Reel(takes=self._takes(pool, level, played, erased_goal))
        return Film(
            name=f"{row['subject']}-{condition}-{number}",
            kind=kind,
            title=_title(condition, kind, row["alpha"]),
            caption=_caption(row, is_typical=row["subject"] in {of["subject"] for of in self.typical_subjects()}),
            subject=row["subject"],
            level=pool.hashes[level],
            condition=condition,
            alpha=row["alpha"],
            panels=_panels(erased_goal, is_twin=is_twin),
            frames=reel.frames(),
            fps=reel.fps,
            events=tuple(event for panel in range(len(played)) for event in _events(self.scenario, played[panel], panel, reel)),
            outcome=outcomes[0],
            erased_outcome=outcomes[1] if is_twin else None,
            first_divergence=divergence,
            divergence_frame=None if divergence is None else reel.frame_of(0, divergence),
            gap=GAP if is_twin else 0,
        )

    def _played(
        self, subject: EvaluatedSubject, condition: str, level: int, erased_goal: str | None, *, is_twin: bool
    ) -> tuple[list[Trajectory], int | None]:
        """The episodes of a film, and the first step (from 1) at which the twins differ."""
        from misgen.training import episode_trace

        scenario, goal = self.scenario, erased_goal
        if goal is None:
            scenario, goal = replace(scenario, world=WithInertCue(scenario.world)), INERT  # type: ignore[arg-type]
        pool = self.pools[condition]
        trace = episode_trace(scenario, subject, condition, pool, level, erased_goal=goal, seed=EVALUATION_SEED)
        if not is_twin:
            return [trace.shown], None
        return [trace.shown, trace.erased], None if trace.first_divergence is None else trace.first_divergence + 1

    def _takes(self, pool: LevelPool, level: int, played: Sequence[Trajectory], erased_goal: str | None) -> list[Take]:
        import numpy as np

        assert self.host is not None
        drawn = self.host.level_at(pool.levels, level)
        hidden = frozenset() if erased_goal is None else frozenset({erased_goal})
        return [
            Take(
                host=self.host,
                level=drawn,
                states=one.states,
                actions=np.asarray(one.actions).tolist(),
                erased=hidden if panel else frozenset(),
            )
            for panel, one in enumerate(played)
        ]

    def _evaluated(self, row: dict[str, Any]) -> EvaluatedSubject:
        from misgen.training import EvaluatedSubject, load_policy

        loaded = load_policy(self.folder.policy(row["subject"]))
        return EvaluatedSubject(
            name=row["subject"], recipe_digest=row["recipe"], seed=row["seed"], policy=loaded.policy, params=loaded.params
        )


def _with_steps(outcomes: pl.DataFrame, evidence: pl.DataFrame) -> pl.DataFrame:
    keys = ["subject", "condition", "level", "episode", "erased_goal"]
    lengths = evidence.select(*keys, "steps").unique()
    return outcomes.join(lengths, on=keys, how="left", nulls_equal=True)


def _outcome(scenario: Scenario, take: Any) -> str:
    attained = take.scores.any(axis=0)
    roles = {goal.name: goal.role for goal in scenario.goals}
    names = scenario.world.goals  # type: ignore[union-attr]
    if any(done and roles[name] == "intended" for name, done in zip(names, attained, strict=True)):
        return "G"
    return "P" if any(done and roles[name] == "proxy" for name, done in zip(names, attained, strict=True)) else "X"


def _events(scenario: Scenario, take: Any, panel: int, reel: Reel) -> Iterator[FilmEvent]:
    """The first time each goal is attained."""
    for index, name in enumerate(scenario.world.goals):  # type: ignore[union-attr]
        steps = take.scores[:, index].nonzero()[0]
        if len(steps):
            step = int(steps[0]) + 1
            yield FilmEvent(step=step, goal=name, panel=panel, frame=reel.frame_of(panel, step))


def _panels(erased_goal: str | None, *, is_twin: bool) -> tuple[str, ...]:
    """What stands over each panel, in the goal's own name; nothing where the scenario has no cue to erase."""
    if erased_goal is None:
        return ()
    return (f"{erased_goal} shown", f"{erased_goal} erased") if is_twin else (f"{erased_goal} shown",)


def _title(condition: str, kind: str, alpha: float | None) -> str:
    if alpha is None:
        trained = "never trained"
    else:
        trained = "no diverse levels in training" if alpha == 0 else f"{100 * alpha:g} % diverse levels in training"
    shown = ", shown and erased" if kind == "twin" else ""
    return f"{condition.capitalize()} level{shown}; {trained}"


def _caption(row: dict[str, Any], *, is_typical: bool) -> str:
    """How the film was chosen, so that nobody takes it for the best or the worst of many."""
    who = "the subject of this arm with the median rate of the proxy" if is_typical else f"{row['subject']}, asked for by name"
    return f"Seed {row['seed']}, {who}, on a level of middling length with the outcome that it most often has there."
