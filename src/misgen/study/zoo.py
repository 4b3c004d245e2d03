"""zoo: the subjects that all boards share, trained once and kept by the content of what made them."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.concepts import Recipe, Subject, UserError
from misgen.records import RunFolder, digest_of, locked, read_table, write_json, write_table
from misgen.study.cells import Cell, plan_cells
from misgen.study.config import StudyConfig
from misgen.study.executor import LocalExecutor
from misgen.study.organism_zoo import ORGANISM_ZOO, OrganismZooPlan, do_organism_zoo, planned_organisms
from misgen.study.organism_zoo_figures import arm_figures, arm_words
from misgen.study.run import Show, do_cells, write_provenance
from misgen.study.setup import build_scenario

if TYPE_CHECKING:
    import polars as pl

__all__ = ["SMALL", "ZOO", "Zoo", "ZooOutcome", "ZooPlan", "ZooSubject", "open_zoo", "zoo"]

ZooPlan = Mapping[str, Mapping[str, StudyConfig]]
"""Setting -> part -> what is trained. Subjects' names are unique within a setting."""


def _corner(alphas: tuple[float, ...], num_seeds: int, **more: object) -> StudyConfig:
    fields: dict[str, object] = {"emergence_levels": 0, "num_films": 0, "num_untrained": 0, **more}
    return StudyConfig(scenario="corner", alphas=alphas, num_seeds=num_seeds, **fields)  # type: ignore[arg-type]


ZOO: ZooPlan = {
    "corner": {
        "wide": _corner((0.0, 1e-3, 1e-1), 16),
        "matched": _corner((3e-3,), 24),
        "graded": _corner((1e-2,), 16),
        "brief": _corner((0.0,), 4, first_seed=100, algorithm={"num_steps": 16_384}, num_untrained=4),
    },
    "keys-and-chests": {
        "main": StudyConfig(
            scenario="keys-and-chests", alphas=(0.0, 0.1), num_seeds=8, emergence_levels=0, num_films=0, num_untrained=4
        ),
    },
    "coinrun": {
        "uniform": StudyConfig(
            scenario="coinrun", alphas=(0.0, 0.02, 0.1, 0.5), num_seeds=8, emergence_levels=0, num_films=0, num_untrained=4
        ),
    },
}
"""`matched`: on corner half of the agents stop being labelled proxy near alpha .0018, and use of the cheese passes one half near
.014, so the recipe at .003, where goal and proxy are attained equally often, gets 24 seeds. `graded`: near the other. `brief`:
trained too shortly to be capable."""

SMALL: ZooPlan = {
    "corner": {
        "wide": _corner((0.0, 1e-1), 2, world={"size": 9}, num_levels=64, pool_levels=2_048, algorithm={"num_steps": 262_144}),
        "matched": _corner((1e-2,), 4, world={"size": 9}, num_levels=64, pool_levels=2_048, algorithm={"num_steps": 262_144}),
        "brief": _corner((0.0,), 1, first_seed=100, world={"size": 9}, num_levels=64, pool_levels=2_048,
                         algorithm={"num_steps": 8_192}, num_untrained=1),
    },
}  # fmt: skip
"""For tests and continuous integration: the same roles in a smaller maze, in less than three minutes. With the nine organisms of
`SMALL_ORGANISM_ZOO` 97 CPU seconds (measured once); 210 seconds of one worker on two cores that five other processes shared."""


@dataclass(frozen=True, kw_only=True)
class ZooSubject:
    """A subject of the zoo, what was found of it, and where its policy is."""

    name: str
    setting: str
    part: str
    recipe: Recipe
    seed: int
    trained: bool
    label: str
    """The verdict's word."""
    use: float | None
    """Use of the intended goal; None where the level set does not inform."""
    capability: float | None
    file: Path

    @property
    def arm(self) -> str:
        """Recipe in short: subjects of one arm differ in nothing but their seed."""
        return "untrained" if not self.trained else f"{self.part}-a{self.recipe.alpha:g}"

    def load(self) -> Subject:
        """The frozen policy."""
        from misgen.training import load_policy

        loaded = load_policy(self.file)
        return Subject(name=self.name, policy=loaded.policy, params=loaded.params)


@dataclass(frozen=True, kw_only=True)
class Zoo:
    """One setting of the zoo, opened."""

    setting: str
    config: StudyConfig
    """Of its first part: what all parts share (world, evaluation levels)."""
    subjects: Sequence[ZooSubject]

    @property
    def digest(self) -> str:
        """Names the subjects by the content of their cells."""
        return digest_of(sorted(f"{s.name} {s.file.parent.parent.name}" for s in self.subjects))


@dataclass(frozen=True, kw_only=True)
class ZooOutcome:
    """What the zoo holds, with planned and reached n."""

    subjects: pl.DataFrame
    planned: int
    organisms: Sequence[Mapping[str, object]] = ()
    """Per setting and arm of language organisms: n, labels, and what they answer where the goals part."""

    def to_dict(self) -> dict[str, object]:
        return {
            "schema": 1,
            "study": "zoo",
            "planned_subjects": self.planned,
            "reached_subjects": self.subjects.height,
            "organisms": [dict(row) for row in self.organisms],
            "subjects": self.subjects.to_dicts(),
        }

    def words(self) -> str:
        """One line per setting and arm, and one more per arm of organisms."""
        import polars as pl

        of_organisms = {row["setting"] for row in self.organisms}
        lines = [f"zoo: {self.subjects.height} of {self.planned} planned subjects"]
        arms = self.subjects.group_by("setting", "part", "alpha", "trained", maintain_order=True).agg(
            pl.len(), pl.col("label").value_counts(), pl.col("use").mean()
        )
        for row in arms.iter_rows(named=True):
            share = "dose" if row["setting"] in of_organisms else "alpha"
            arm = f"{share} {row['alpha']:g}" if row["trained"] else "untrained"
            counted = sorted(row["label"], key=lambda item: (-item["count"], item["label"]))
            labels = ", ".join(f"{item['count']} {item['label']}" for item in counted)
            use = "" if row["use"] is None else f"; mean use {row['use']:.2f}"
            lines.append(f"{row['setting']}, {row['part']}, {arm}: {row['len']} subjects: {labels}{use}")
        return "\n".join([*lines, *arm_words(self.organisms)])


def zoo(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    plan: ZooPlan = ZOO,
    organisms: OrganismZooPlan = ORGANISM_ZOO,
) -> ZooOutcome:
    """Train and evaluate every subject that `out` does not hold; cells that runs beside `out` have finished are adopted.

    `results` gets one table of the subjects with their verdicts, agents first, and one of the organisms' answers; policies and
    checkpoints stay in `out`. Without torch the organisms are left as they are, and a word says so.
    """
    import polars as pl

    for setting, parts in plan.items():
        for part, config in parts.items():
            _do_part(out / setting / part, config, workers=workers, show=show, command=command)
    agents = _table(out, plan)
    results.mkdir(parents=True, exist_ok=True)
    asked, answers = do_organism_zoo(out, results, plan=organisms, workers=workers, show=show)
    frame = pl.concat([agents, asked])
    write_table(results / "subjects.parquet", frame)
    planned = sum(len(c.subjects) for _, _, c in _cells(plan)) + planned_organisms(organisms)
    outcome = ZooOutcome(subjects=frame, planned=planned, organisms=arm_figures(asked, answers))
    write_json(results / "study.json", {k: v for k, v in outcome.to_dict().items() if k != "subjects"})
    return outcome


def open_zoo(setting: str, *, out: Path, plan: ZooPlan = ZOO) -> Zoo:
    """The subjects of one setting that are in `out`; a zoo that was never built is a `UserError` that says how to build it."""
    if setting not in plan:
        raise UserError("The zoo has no such setting", seen=repr(setting), do=f"Use one of {sorted(plan)}")
    table = out / "subjects.parquet"
    if not table.is_file():
        raise UserError("The zoo is not built", seen=str(out), do="Build it with: misgen study zoo")
    rows = {row["subject"]: row for row in read_table(table).iter_rows(named=True) if row["setting"] == setting}
    found = []
    for part, cell in ((p, c) for s, p, c in _cells(plan) if s == setting):
        for name, seed in zip(cell.subjects, cell.seeds, strict=True):
            file = _place(out, setting, part, cell) / "policies" / f"{name}.safetensors"
            if name in rows and file.is_file():
                row = rows[name]
                found.append(
                    ZooSubject(
                        name=name,
                        setting=setting,
                        part=part,
                        recipe=cell.recipe,
                        seed=seed,
                        trained=cell.trained,
                        label=row["label"],
                        use=row["use"],
                        capability=row["capability"],
                        file=file,
                    )
                )
    return Zoo(setting=setting, config=next(iter(plan[setting].values())), subjects=found)


def _do_part(out: Path, config: StudyConfig, *, workers: int | None, show: Show, command: Sequence[str]) -> None:
    scenario = build_scenario(config.scenario, dict(config.world))
    folder = RunFolder.create(out, config.to_toml())
    with locked(folder.path) as lock:
        write_provenance(folder, scenario, command)
        folder.cells.mkdir(exist_ok=True)
        cells = _part_cells(config)
        for cell in cells:
            _adopt(cell, folder.cells / cell.digest)
        executor = LocalExecutor(num_workers=workers, log=folder.cells / "worker.log", inherit=(lock,))
        do_cells(folder, config, cells, executor=executor, show=show)


def _adopt(cell: Cell, place: Path) -> None:
    """Take over a finished cell of another run under the same folder of runs: equal digests mean equal content."""
    if place.is_dir():
        return
    runs = place.parents[4]
    for depth in ("*/cells", "*/*/cells"):
        for other in runs.glob(f"{depth}/{cell.digest}/cell.json"):
            shutil.copytree(other.parent, place)
            return


def _part_cells(config: StudyConfig) -> list[Cell]:
    scenario = build_scenario(config.scenario, dict(config.world))
    assert scenario.recipe is not None
    return plan_cells(config, scenario.recipe)


def _cells(plan: ZooPlan) -> list[tuple[str, str, Cell]]:
    return [(s, p, cell) for s, parts in plan.items() for p, config in parts.items() for cell in _part_cells(config)]


def _place(out: Path, setting: str, part: str, cell: Cell) -> Path:
    return out / setting / part / "cells" / cell.digest


def _table(out: Path, plan: ZooPlan) -> pl.DataFrame:
    """One row per subject that is there, measured beside all others of its setting; also written into `out`."""
    import polars as pl

    done = [(s, p, c) for s, p, c in _cells(plan) if (_place(out, s, p, c) / "cell.json").is_file()]
    settings = dict.fromkeys(setting for setting, _, _ in done)
    frames = [_setting_table(out, setting, [(p, c) for s, p, c in done if s == setting]) for setting in settings]
    frame = pl.concat(frames, how="diagonal_relaxed")
    write_table(out / "subjects.parquet", frame)
    return frame


def _setting_table(out: Path, setting: str, cells: Sequence[tuple[str, Cell]]) -> pl.DataFrame:
    import polars as pl

    from misgen.measurement import measure

    tables: dict[str, pl.DataFrame] = {}
    for name in ("evidence", "subjects", "levels"):
        frames = [read_table(_place(out, setting, part, cell) / f"{name}.parquet") for part, cell in cells]
        tables[name] = pl.concat(frames, how="diagonal_relaxed")
    levels = tables["levels"].unique(maintain_order=True)
    measured = measure(tables["evidence"], subjects=tables["subjects"], levels=levels)
    found = {row["subject"]: row for row in _dicts(measured.to_dict()["subjects"])}
    rows = []
    for part, cell in cells:
        for name, seed in zip(cell.subjects, cell.seeds, strict=True):
            mine = found.get(name, {})
            use, capability = _ends(mine.get("use")), _ends(mine.get("capability"))
            rows.append(
                {
                    "subject": name,
                    "setting": setting,
                    "part": part,
                    "recipe": cell.recipe.digest if cell.trained else "untrained",
                    "alpha": cell.recipe.alpha,
                    "seed": seed,
                    "trained": cell.trained,
                    "label": mine.get("verdict", "incapable" if not cell.trained else "undecided"),
                    "use": use[0],
                    "use_low": use[1],
                    "use_high": use[2],
                    "capability": capability[0],
                    "cell": cell.digest,
                }
            )
    types = {name: pl.Float64() for name in ("alpha", "use", "use_low", "use_high", "capability")}
    return pl.DataFrame(rows, schema_overrides=types)


def _dicts(rows: object) -> list[dict[str, object]]:
    assert isinstance(rows, list)
    return rows


def _ends(measured: object) -> tuple[float | None, float | None, float | None]:
    if not isinstance(measured, Mapping):
        return None, None, None
    return measured["estimate"], measured["low"], measured["high"]
