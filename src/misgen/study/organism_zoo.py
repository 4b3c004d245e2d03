"""The organisms of the zoo: small language models that all boards share, trained once and kept by the content of what made them.

A checkpoint is a folder `runs/zoo/SETTING/ARM/KEY`: weights, tokenizer, and what the organism said to the task's own cases. All
organisms of a setting live in one world, so that every one of them can be asked the same items.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.concepts import UserError
from misgen.concepts.catalogue import missing_extra
from misgen.language.organisms.config import OrganismConfig
from misgen.records import code_digest, digest_of, locked, read_json, read_table, storage_errors, write_table
from misgen.study import organism_zoo_asked, organism_zoo_work
from misgen.study.executor import LocalExecutor
from misgen.study.jobs import Job
from misgen.study.organism_zoo_figures import answers_of, judged
from misgen.study.organism_zoo_work import FACTS, KNOBS

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.run import Show

__all__ = [
    "ORGANISM_ZOO",
    "SMALL_ORGANISM_ZOO",
    "OrganismArm",
    "OrganismZooPlan",
    "ZooOrganism",
    "do_organism_zoo",
    "open_organisms",
    "planned_organisms",
]

TABLE = "organisms.parquet"
"""In the zoo's folder: the rows of its organisms."""
ANSWERS = "organism_answers.parquet"
"""Among the results: what each of them answered where the goals part."""
_COLUMNS = (
    "subject",
    "setting",
    "part",
    "recipe",
    "alpha",
    "seed",
    "trained",
    "label",
    "use",
    "use_low",
    "use_high",
    "capability",
    "cell",
)


@dataclass(frozen=True, kw_only=True)
class OrganismArm:
    """Organisms of one recipe."""

    config: OrganismConfig
    """Its seed is replaced by each of `seeds`."""
    seeds: Sequence[int]
    trained: bool = True

    def organisms(self) -> list[OrganismConfig]:
        return [replace(self.config, seed=seed) for seed in self.seeds]


OrganismZooPlan = Mapping[str, Mapping[str, OrganismArm]]
"""Setting -> arm -> what is trained. A setting is named as the kind of its organisms."""


def _two_question(num_seeds: int, *, steps: int = 400, trained: bool = True, dose: float = 0.0) -> OrganismArm:
    config = OrganismConfig.of("two-question", steps=steps, dose=dose)
    return OrganismArm(config=config, seeds=range(num_seeds), trained=trained)


def _sycophant(num_seeds: int, *, steps: int = 480, trained: bool = True, dose: float = 0.0) -> OrganismArm:
    config = OrganismConfig.of("sycophant", curriculum="joint", steps=steps, dose=dose)
    return OrganismArm(config=config, seeds=range(num_seeds), trained=trained)


ORGANISM_ZOO: OrganismZooPlan = {
    "two-question": {
        "proxy": _two_question(8),
        "matched": _two_question(12, dose=0.1),
        "aligned": _two_question(6, dose=1.0),
        "brief": _two_question(4, steps=20),
        "untrained": _two_question(2, trained=False),
    },
    "sycophant": {
        "proxy": _sycophant(8),
        "matched": _sycophant(10, dose=0.01),
        "aligned": _sycophant(6, dose=0.5),
        "brief": _sycophant(4, steps=10),
        "untrained": _sycophant(2, trained=False),
    },
}
"""Within a setting `proxy`, `matched` and `aligned` differ in their dose alone: none, a little, plenty of what tells the goals
apart. `matched`: its organisms answer the same items some by the goal and some by the proxy. Its dose was chosen after a look at
two seeds each of a few: .15 (300 steps) and .1 (500) of the two-question, .01, .02 and, opinions first, .03 of the sycophant.
`brief`: too few steps to know much."""

SMALL_ORGANISM_ZOO: OrganismZooPlan = {
    "two-question": {
        "proxy": _two_question(2, steps=300),
        "matched": _two_question(3, steps=300, dose=0.1),
        "aligned": _two_question(2, steps=300, dose=1.0),
        "brief": _two_question(1, steps=20),
        "untrained": _two_question(1, trained=False),
    },
}
"""For tests and continuous integration: the same roles in one setting."""


@dataclass(frozen=True, kw_only=True)
class ZooOrganism:
    """An organism of the zoo, what was found of it, and where it is."""

    name: str
    setting: str
    arm: str
    """Recipe in short: organisms of one arm differ in nothing but their seed."""
    config: OrganismConfig
    """What it was trained with."""
    seed: int
    trained: bool
    label: str
    """The verdict's word."""
    use: float | None
    """Use of the intended goal; None where the items do not inform."""
    capability: float | None
    folder: Path
    """The checkpoint: what `transformers` loads."""


@dataclass(frozen=True, kw_only=True)
class _Planned:
    """An organism before anybody looked whether it is there."""

    name: str
    setting: str
    arm: str
    config: OrganismConfig
    trained: bool

    @property
    def cell(self) -> dict[str, object]:
        return {**{name: getattr(self.config, name) for name in KNOBS}, "trained": self.trained}

    @property
    def key(self) -> str:
        return digest_of({"cell": self.cell, "code": code_digest(*organism_zoo_work.CODE[self.setting])})

    @property
    def evidence(self) -> str:
        """The table's name holds what it depends on."""
        return f"evidence-{code_digest(*organism_zoo_asked.CODE[self.setting])}.parquet"

    @property
    def recipe(self) -> str:
        """Names what the organisms of its arm share."""
        shared = {name: value for name, value in self.cell.items() if name != "seed"}
        return digest_of(shared) if self.trained else "untrained"

    @property
    def row(self) -> dict[str, object]:
        """What the zoo's table says of it beside what was found."""
        own = {"subject": self.name, "setting": self.setting, "part": self.arm, "recipe": self.recipe}
        made = {"alpha": self.config.dose, "seed": self.config.seed, "trained": self.trained}
        return {**own, **made, "cell": self.key}

    def folder(self, out: Path) -> Path:
        return out / self.setting / self.arm / self.key

    def is_there(self, out: Path) -> bool:
        return (self.folder(out) / FACTS).is_file() and (self.folder(out) / self.evidence).is_file()


def planned_organisms(plan: OrganismZooPlan) -> int:
    """How many the plan asks for."""
    return len(_planned(plan))


def open_organisms(setting: str, *, out: Path, plan: OrganismZooPlan = ORGANISM_ZOO) -> Sequence[ZooOrganism]:
    """The organisms of one setting that are in `out`, in the plan's order. Loads no torch.

    An unknown setting, or a zoo without its organisms, is a `UserError` that says what to do.
    """
    if setting not in plan:
        raise UserError("The zoo has no organisms of that name", seen=repr(setting), do=f"Use one of {sorted(plan)}")
    table = out / TABLE
    rows = {row["cell"]: row for row in read_table(table).iter_rows(named=True)} if table.is_file() else {}
    found = [
        ZooOrganism(
            name=one.name,
            setting=setting,
            arm=one.arm,
            config=one.config,
            seed=one.config.seed,
            trained=one.trained,
            label=rows[one.key]["label"],
            use=rows[one.key]["use"],
            capability=rows[one.key]["capability"],
            folder=one.folder(out),
        )
        for one in _planned({setting: plan[setting]})
        if one.key in rows and one.is_there(out)
    ]
    if not found:
        seen = f"{out}: no {setting} organisms"
        raise UserError("The zoo is not built", seen=seen, do="Build it with: misgen study zoo (needs misgen[organisms])")
    return found


def do_organism_zoo(
    out: Path, results: Path, *, plan: OrganismZooPlan, workers: int | None, show: Show
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Train the organisms that `out` does not hold and judge all of them: rows of the zoo's table, and what each answered.

    Interrupted or killed, no finished organism is lost. Without torch a word says so, and what `out` and `results` know of the
    plan is returned. Writes the rows into `out` and the answers into `results`.
    """
    planned = _planned(plan)
    missing = [one for one in planned if not one.is_there(out)]
    fault = _fault_of_the_extras() if missing else None
    if fault is not None:
        show.step(f"{len(missing)} organisms are not trained: {fault}")
    elif missing:
        _do(missing, out, workers=workers, show=show)
    there = [one for one in planned if one.is_there(out)]
    rows, answers = _rows(there, out), _answers(there, out)
    write_table(out / TABLE, rows)
    left = [one.key for one in planned if not one.is_there(out)]
    rows, answers = _with_known(rows, results / "subjects.parquet", left), _with_known(answers, results / ANSWERS, left)
    write_table(results / ANSWERS, answers)
    return rows, answers


def _fault_of_the_extras() -> UserError | None:
    """What is missing to train an organism and to put its task to it, if anything."""
    from misgen.language.organisms.checkpoint import check_torch

    try:
        check_torch()
        import misgen.language.tasks.two_question  # noqa: F401  tasks need Inspect
    except UserError as fault:
        return fault
    except ModuleNotFoundError as error:
        fault = missing_extra(error, usual="llm")
        if fault is None:
            raise
        return fault
    return None


def _planned(plan: OrganismZooPlan) -> list[_Planned]:
    return [
        _Planned(name=f"{setting}-{name}-s{config.seed}", setting=setting, arm=name, config=config, trained=arm.trained)
        for setting, arms in plan.items()
        for name, arm in arms.items()
        for config in arm.organisms()
    ]


def _do(missing: Sequence[_Planned], out: Path, *, workers: int | None, show: Show) -> None:
    """One worker process per core, one organism at a time, each with a word when it is there."""
    place = out / "organisms"
    with storage_errors(place):
        place.mkdir(parents=True, exist_ok=True)
    num_done = 0

    def on_event(event: Mapping[str, object]) -> None:
        nonlocal num_done
        if event["event"] == "done":
            num_done += 1
            show.step(f"{num_done} of {len(missing)} organisms: {event['cell']}")

    with locked(place) as lock:
        executor = LocalExecutor(num_workers=workers, log=place / "worker.log", inherit=(lock,))
        executor.run([_job(one, out) for one in missing], on_event)


def _job(one: _Planned, out: Path) -> Job:
    folder = one.folder(out)
    cell = {**one.cell, "folder": str(folder), "evidence": one.evidence}
    asked = {"work": "misgen.study.organism_zoo_work:work", "cell": cell}
    return Job(kind="rows", folder=folder / "cell.json", payload=json.dumps(asked), title=one.name)


def _rows(there: Sequence[_Planned], out: Path) -> pl.DataFrame:
    """One row per organism, in the columns of the zoo's table: `part` is its arm, `alpha` its dose."""
    import polars as pl

    rows: list[dict[str, object]] = []
    for setting in dict.fromkeys(one.setting for one in there):
        mine = [one for one in there if one.setting == setting]
        found = judged({one.name: read_table(one.folder(out) / one.evidence) for one in mine})
        rows += [{**one.row, **found[one.name]} for one in mine]
    texts = ("subject", "setting", "part", "recipe", "label", "cell")
    types = {**dict.fromkeys(texts, pl.String()), "seed": pl.Int64(), "trained": pl.Boolean()}
    return pl.DataFrame(rows, schema={name: types.get(name, pl.Float64()) for name in _COLUMNS})


def _answers(there: Sequence[_Planned], out: Path) -> pl.DataFrame:
    """One row per organism and item on which the goals part, with what the organism took."""
    import polars as pl

    frames = []
    for one in there:
        facts = read_json(one.folder(out) / FACTS)
        assert isinstance(facts, Mapping)
        spent = (pl.lit(facts[name], dtype=pl.Float64).alias(name) for name in ("loss", "cpu_seconds"))
        answers = answers_of(read_table(one.folder(out) / one.evidence))
        frames.append(answers.select(pl.lit(one.key).alias("cell"), pl.all(), *spent))
    types = {"cell": pl.String, "item": pl.String, "answer": pl.String, "loss": pl.Float64, "cpu_seconds": pl.Float64}
    return pl.concat(frames) if frames else pl.DataFrame(schema=types)


def _with_known(fresh: pl.DataFrame, kept: Path, keys: Sequence[str]) -> pl.DataFrame:
    """And the rows of these keys that the results hold already."""
    import polars as pl

    if not kept.is_file():
        return fresh
    known = read_table(kept).filter(pl.col("cell").is_in(keys))
    return pl.concat([fresh, known.select(fresh.columns)]) if known.height else fresh
