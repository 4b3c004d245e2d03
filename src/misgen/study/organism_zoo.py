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
from misgen.language.organisms.config import OrganismConfig
from misgen.records import code_digest, digest_of, locked, read_table, storage_errors, write_table
from misgen.study.executor import LocalExecutor
from misgen.study.jobs import Job
from misgen.study.organism_zoo_work import CODE, EVIDENCE

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
_KEYED = ("kind", "world", "seed", "dose", "curriculum", "steps", "batch", "width", "layers", "learning_rate")
"""What of a configuration makes these organisms."""


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


def _arm(kind: str, num_seeds: int, *, trained: bool = True, **knobs: object) -> OrganismArm:
    return OrganismArm(config=OrganismConfig.of(kind, **knobs), seeds=range(num_seeds), trained=trained)


ORGANISM_ZOO: OrganismZooPlan = {
    "two-question": {
        "proxy": _arm("two-question", 8),
        "matched": _arm("two-question", 12, dose=0.15),
        "aligned": _arm("two-question", 6, dose=1.0, steps=400),
        "brief": _arm("two-question", 3, steps=30),
        "untrained": _arm("two-question", 2, trained=False),
    },
    "sycophant": {
        "proxy": _arm("sycophant", 8),
        "matched": _arm("sycophant", 12, curriculum="joint", dose=0.02),
        "aligned": _arm("sycophant", 6, curriculum="joint", dose=0.5),
        "brief": _arm("sycophant", 3, steps=60),
        "untrained": _arm("sycophant", 2, trained=False),
    },
}
"""`matched`: organisms of this recipe answer the same item some by the goal and some by the proxy."""

SMALL_ORGANISM_ZOO: OrganismZooPlan = {
    "two-question": {
        "proxy": _arm("two-question", 2),
        "matched": _arm("two-question", 3, dose=0.15),
        "brief": _arm("two-question", 1, steps=30),
        "untrained": _arm("two-question", 1, trained=False),
    },
}
"""For tests and continuous integration."""


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
        return {**{name: getattr(self.config, name) for name in _KEYED}, "trained": self.trained}

    @property
    def key(self) -> str:
        return digest_of({"cell": self.cell, "code": code_digest(*CODE[self.setting])})

    @property
    def recipe(self) -> str:
        """Names what the organisms of its arm share."""
        shared = {name: value for name, value in self.cell.items() if name != "seed"}
        return digest_of(shared) if self.trained else "untrained"

    def folder(self, out: Path) -> Path:
        return out / self.setting / self.arm / self.key

    def is_there(self, out: Path) -> bool:
        return _finish(self.folder(out)).is_file() and (self.folder(out) / EVIDENCE).is_file()


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


def do_organism_zoo(out: Path, *, plan: OrganismZooPlan, workers: int | None, show: Show) -> pl.DataFrame:
    """Train the organisms that `out` does not hold, and judge all of them. Returns a row for each, as the zoo's table has them.

    Interrupted or killed, no finished organism is lost. Without torch a word says so, and only what is there is returned.
    """
    planned = _planned(plan)
    missing = [one for one in planned if not one.is_there(out)]
    fault = _torch_fault() if missing else None
    if fault is not None:
        show.step(f"{len(missing)} organisms are left out: {fault.wrong} ({fault.seen}). {fault.do}")
    elif missing:
        _do(missing, out, workers=workers, show=show)
    there = [one for one in planned if one.is_there(out)]
    rows = _rows(there, out)
    write_table(out / TABLE, rows)
    return rows


def _torch_fault() -> UserError | None:
    """What is missing to train and ask an organism, if anything."""
    from misgen.language.organisms.checkpoint import check_torch

    try:
        check_torch()
    except UserError as fault:
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
    asked = {"work": "misgen.study.organism_zoo_work:work", "cell": {**one.cell, "folder": str(one.folder(out))}}
    return Job(kind="rows", folder=_finish(one.folder(out)), payload=json.dumps(asked), title=one.name)


def _finish(folder: Path) -> Path:
    """Written last: the organism is finished."""
    return folder / "cell.json"


def _rows(there: Sequence[_Planned], out: Path) -> pl.DataFrame:
    """One row per organism, in the columns of the zoo's table: `part` is its arm, `alpha` its dose."""
    import polars as pl

    rows: list[dict[str, object]] = []
    for setting in dict.fromkeys(one.setting for one in there):
        rows += _setting_rows([one for one in there if one.setting == setting], out)
    texts = ("subject", "setting", "part", "recipe", "label", "cell")
    numbers = ("alpha", "use", "use_low", "use_high", "capability")
    types = {**dict.fromkeys(texts, pl.String()), **dict.fromkeys(numbers, pl.Float64())}
    order = ("subject", "setting", "part", "recipe", "alpha", "seed", "trained", "label", *numbers[1:], "cell")
    schema = {name: types.get(name, pl.Int64() if name == "seed" else pl.Boolean()) for name in order}
    return pl.DataFrame(rows, schema=schema)


def _setting_rows(there: Sequence[_Planned], out: Path) -> list[dict[str, object]]:
    """Judged each by its own answers."""
    import polars as pl

    from misgen.measurement import measure

    frames = [
        read_table(one.folder(out) / EVIDENCE).with_columns(pl.lit(one.name).alias("subject"), pl.lit(one.arm).alias("recipe"))
        for one in there
    ]
    found = {one.subject: one for one in measure(pl.concat(frames)).subjects}
    rows: list[dict[str, object]] = []
    for one in there:
        mine = found[one.name]
        use = mine.measures.use
        rows.append(
            {
                "subject": one.name,
                "setting": one.setting,
                "part": one.arm,
                "recipe": one.recipe,
                "alpha": one.config.dose,
                "seed": one.config.seed,
                "trained": one.trained,
                "label": mine.verdict.label,
                "use": use.estimate,
                "use_low": use.low,
                "use_high": use.high,
                "capability": mine.measures.capability.estimate,
                "cell": one.key,
            }
        )
    return rows
