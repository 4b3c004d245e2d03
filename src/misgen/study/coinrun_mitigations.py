"""coinrun-mitigations: what methods that need no training anew buy on finished runners of the zoo, beside mixing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from misgen.records import code_digest, digest_of, read_table, write_json, write_table
from misgen.study.cells import Cell, plan_cells
from misgen.study.coinrun_mitigation_work import Runner, plan_with, steer, train_on
from misgen.study.run import Show
from misgen.study.setup import build_scenario
from misgen.study.zoo import ZOO, open_zoo

if TYPE_CHECKING:
    import polars as pl

__all__ = ["ARMS", "NUM_AGENTS", "Arm", "CoinRunMitigations", "coinrun_mitigations"]

NUM_AGENTS = 6
"""Runners per arm, the first seeds of the zoo."""
TABLE = "agents.parquet"
_ALWAYS = ("training", "concepts/mitigation", "study/cell_work", "study/coinrun_mitigation_work", "mitigations/plain")


@dataclass(frozen=True, kw_only=True)
class Arm:
    """Something done to finished runners of one alpha."""

    name: str
    method: str
    """Its name in the catalogue of mitigations."""
    alpha: float
    do: Callable[[Runner, Mapping[str, object]], list[dict[str, Any]]]
    code: tuple[str, ...]
    """The modules of `mitigations` that its results depend on."""
    options: Mapping[str, object] = field(default_factory=dict)
    stage: str = "deployment"

    def key(self, cell: Cell) -> str:
        """Names what came of it in the runner that this cell of the zoo trains."""
        code = code_digest(*_ALWAYS, *(f"mitigations/{name}" for name in self.code), with_imports=("worlds/coinrun/scenario",))
        return digest_of([self.name, self.do.__name__, dict(self.options), cell.digest, code])


def _arms() -> Iterator[Arm]:
    for alpha in (0.0, 0.02):
        for name, random in (("Steering", False), ("Steering, random direction", True)):
            yield Arm(
                name=f"{name}, alpha {alpha:g}",
                method="steering",
                alpha=alpha,
                do=steer,
                code=("steering",),
                options={"random": random},
            )
    for name, method, change in (
        ("Trained on as before", "more-training", "none"),
        ("Trained on, coin moved in 10 %", "counterfactual-levels", "moved"),
        ("Trained on, coin erased in 10 %", "counterfactual-levels", "erased"),
    ):
        yield Arm(
            name=f"{name}, alpha 0",
            method=method,
            alpha=0.0,
            do=train_on,
            code=("relearn",),
            options={"change": change},
            stage="finetuning",
        )
    for alpha in (0.0, 0.02):
        name, code = f"Quantilizers, alpha {alpha:g}", ("quantilizer", "reward_ensemble")
        yield Arm(name=name, method="quantilizer", alpha=alpha, do=plan_with, code=code)


ARMS = tuple(_arms())


@dataclass(frozen=True, kw_only=True)
class CoinRunMitigations:
    """The board of coinrun, with planned and reached n."""

    rows: Sequence[Mapping[str, Any]]
    contrasts: Sequence[Mapping[str, Any]]
    """Arms less their controls, on the seeds that both have."""
    planning: Sequence[Mapping[str, Any]]
    """A row per base, belief and q."""
    planned: int
    reached: int
    """Runners times arms."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": 1,
            "study": "coinrun-mitigations",
            "planned_subjects": self.planned,
            "reached_subjects": self.reached,
            "rows": [dict(row) for row in self.rows],
            "contrasts": [dict(row) for row in self.contrasts],
            "planning": [dict(row) for row in self.planning],
        }

    def words(self) -> str:
        """One line per arm."""
        from misgen.study.coinrun_mitigations_page import line

        head = f"coinrun-mitigations: {self.reached} of {self.planned} planned runners"
        return "\n".join([head, *(line(row) for row in self.rows)])

    def page(self) -> str:
        """The documentation page."""
        from misgen.study.coinrun_mitigations_page import mitigations_page

        return mitigations_page(self.to_dict())


class _Planned(NamedTuple):
    arm: Arm
    cell: Cell
    key: str


def coinrun_mitigations(
    *,
    out: Path,
    results: Path,
    workers: int | None,
    show: Show,
    command: Sequence[str],
    arms: Sequence[Arm] = ARMS,
    num_agents: int = NUM_AGENTS,
) -> CoinRunMitigations:
    """Do what `results` does not hold, runner by runner, with the zoo beside `out`; then one board of all, mixing included.

    One process; `workers` has no use here. Rows are written after each runner.
    """
    from misgen.study.coinrun_mitigation_rows import board_rows

    del workers, command
    plan = _plan(arms, num_agents)
    held = _held(results, plan)
    missing = [item for item in plan if item.key not in held]
    show.step(f"{len(plan) - len(missing)} of {len(plan)} are known")
    if missing:
        results.mkdir(parents=True, exist_ok=True)
        runners = _runners(out.parent / "zoo")
        for number, item in enumerate(missing, 1):
            held[item.key] = _done(item, runners[item.cell.digest])
            _write(results, plan, held)
            show.step(f"{number} of {len(missing)}: {item.arm.name}, seed {item.cell.seeds[0]}")
    _write(results, plan, held)
    rows, contrasts, planning = board_rows(held, arms, diversity=results.parent / "coinrun-diversity" / "uniform")
    found = CoinRunMitigations(rows=rows, contrasts=contrasts, planning=planning, planned=len(plan), reached=len(held))
    write_json(results / "study.json", found.to_dict())
    return found


def _plan(arms: Sequence[Arm], num_agents: int) -> list[_Planned]:
    """All arms' first runner before any arm's second."""
    config = ZOO["coinrun"]["uniform"]
    scenario = build_scenario(config.scenario, dict(config.world))
    assert scenario.recipe is not None
    cells = [cell for cell in plan_cells(config, scenario.recipe) if cell.trained]
    items = [(arm, [c for c in cells if c.recipe.alpha == arm.alpha][:num_agents]) for arm in arms]
    return [_Planned(arm, own[n], arm.key(own[n])) for n in range(num_agents) for arm, own in items]


def _runners(zoo: Path) -> dict[str, Runner]:
    """By the digest of the cell that trained it."""
    opened = open_zoo("coinrun", out=zoo)
    look = opened.config.num_levels, opened.config.level_seed
    return {s.file.parent.parent.name: Runner(s.load(), s.recipe, s.seed, *look) for s in opened.subjects if s.trained}


def _done(item: _Planned, runner: Runner) -> pl.DataFrame:
    import polars as pl

    rows = item.arm.do(runner, item.arm.options)
    own = {"key": item.key, "arm": item.arm.name, "alpha": item.arm.alpha, "seed": runner.seed}
    return pl.DataFrame([{**own, **row} for row in rows])


def _held(results: Path, plan: Sequence[_Planned]) -> dict[str, pl.DataFrame]:
    place = results / TABLE
    if not place.is_file():
        return {}
    parts = read_table(place).partition_by("key", as_dict=True, maintain_order=True)
    return {item.key: parts[item.key,] for item in plan if (item.key,) in parts}


def _write(results: Path, plan: Sequence[_Planned], held: Mapping[str, pl.DataFrame]) -> None:
    import polars as pl

    frames = [held[item.key] for item in plan if item.key in held]
    if frames:
        write_table(results / TABLE, pl.concat(frames, how="diagonal_relaxed"))
