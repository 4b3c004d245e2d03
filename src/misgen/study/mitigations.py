"""mitigations: what each method buys on corner at equal environment steps, and what it costs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from misgen.records import write_json
from misgen.study.organism_cells import OrganismCell, collect_rows, known_rows
from misgen.study.quantilizers import collect_quantilizers, known_quantilizers, quantilizer_rows
from misgen.study.repair import collect_repairs, known_repairs, repair_rows

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.mitigations_board import Board
    from misgen.study.run import Show

__all__ = ["ARMS", "FAMILIES", "NUM_SEEDS", "Arm", "mitigations"]

NUM_SEEDS = 16
"""Agents per arm, with the seeds, training levels and evaluation levels of corner-diversity's first sixteen."""
SEEDS_PER_CELL = 4
"""Seeds of one cell share the compiled code; all arms get their first four before any gets its second."""
WORK = "misgen.study.mitigation_work:train_and_look"
_ALWAYS = (
    "training",
    "concepts/world",
    "concepts/level",
    *(f"worlds/corner/{name}" for name in ("config", "dynamics", "goals", "layouts", "levels", "pools", "randomness", "solver")),
    "study/cell_work",
    "study/mitigation_work",
    "concepts/mitigation",
    "mitigations/relearn",
)
"""What every arm's results depend on."""
_REPLAY = (
    "mitigations/training_stage",
    "mitigations/buffer",
    "mitigations/replay",
    "mitigations/plr",
    "mitigations/accel",
    "mitigations/corner_edits",
)


@dataclass(frozen=True, kw_only=True)
class Arm:
    """A method with options, in agents of one alpha."""

    name: str
    method: str
    """Its name in the catalogue of mitigations."""
    target: str
    alpha: float
    options: Mapping[str, object] = field(default_factory=dict)
    note: str = ""
    """What the arm is there to show."""
    tier: int | None = None
    """Of the method with these options, where it differs from its catalogue line's."""
    shown: str | None = None
    """Its name on the board, where another row has the same."""

    def cell(self, first_seed: int, num_seeds: int) -> OrganismCell:
        """Plain values, for a worker."""
        return {
            "arm": self.name,
            "scenario": "corner",
            "target": self.target,
            "options": json.dumps(dict(self.options), sort_keys=True),
            "alpha": self.alpha,
            "first_seed": first_seed,
            "num_seeds": num_seeds,
        }


@dataclass(frozen=True, kw_only=True)
class Family:
    """Arms whose results depend on the same code."""

    name: str
    code: tuple[str, ...]
    arms: tuple[Arm, ...]

    def cells(self, num_seeds: int) -> list[OrganismCell]:
        """All arms' first seeds before any arm's later ones."""
        starts = range(0, num_seeds, SEEDS_PER_CELL)
        return [arm.cell(first, min(SEEDS_PER_CELL, num_seeds - first)) for first in starts for arm in self.arms]


def _replay_arms() -> tuple[Arm, ...]:
    plr, accel = "misgen.mitigations.plr:plr", "misgen.mitigations.accel:accel"

    def arm(method: str, alpha: float, note: str, **options: object) -> Arm:
        words = {"plr": "PLR-perp", "accel": "ACCEL"}[method]
        scoring = str(options["scoring"])
        kind = {"oracle": "oracle-latest", "max": "max-latest", "none": "without regret"}[scoring]
        edits = "edits that create diversity" if options.get("move_goal") else "edits within the class"
        name = ", ".join([words, kind, *([edits] if method == "accel" else []), f"alpha {alpha:g}"])
        target = plr if method == "plr" else accel
        tier = 3 if scoring == "oracle" else 2
        return Arm(name=name, method=method, target=target, alpha=alpha, options=options, note=note, tier=tier)

    return (
        arm("plr", 1e-3, "", scoring="oracle"),
        arm("plr", 3e-3, "", scoring="oracle"),
        arm("plr", 1e-3, "", scoring="max"),
        arm("plr", 3e-3, "", scoring="max"),
        arm("accel", 1e-3, "", scoring="oracle"),
        arm("accel", 3e-3, "", scoring="oracle"),
        arm("accel", 0.0, "Diversity comes from the edits alone.", scoring="oracle", move_goal=True),
        arm("accel", 0.0, "Control: the same edits, no regret.", scoring="none", move_goal=True),
        arm("accel", 1e-3, "Control: edits within the class, no regret.", scoring="none"),
    )


def _training_arms() -> tuple[Arm, ...]:
    def arm(name: str, method: str, target: str, alpha: float, note: str = "", **options: object) -> Arm:
        place = f"misgen.mitigations.{target}"
        name = f"{name}, alpha {alpha:g}"
        tier = 3 if options.get("change") == "erased" else None
        shown = f"{name}, trained again" if options.get("factor") == 1.0 else None
        return Arm(name=name, method=method, target=place, alpha=alpha, options=options, note=note, tier=tier, shown=shown)

    repeats, twins = "mixing:repeated", "counterfactual:counterfactual"
    return (
        arm(
            "Sixteen labels repeated to 10 %",
            "mixing",
            repeats,
            1e-3,
            "The same labels, a larger dose.",
            upweight=0.1,
        ),
        arm("Commands that vary", "goal-conditioning", "goal_conditioning:goal_conditioning", 0.0, varied=True),
        arm("Commands always the cheese's cell", "goal-conditioning", "goal_conditioning:goal_conditioning", 0.0, varied=False),
        arm("Domain randomisation", "domain-randomisation", "domain_randomisation:DomainRandomisation", 0.0),
        arm("Domain randomisation", "domain-randomisation", "domain_randomisation:DomainRandomisation", 3e-3),
        arm("Half as much training again", "more-training", "plain:more_training", 0.0),
        arm("Half as much training again", "more-training", "plain:more_training", 3e-3),
        arm("Cheese erased in 10 %", "counterfactual-levels", twins, 0.0, change="erased", share=0.1),
        arm("Cheese moved in 1 %", "counterfactual-levels", twins, 0.0, change="moved", share=0.01),
        arm("Mixing", "mixing", "plain:more_training", 3e-2, "Trained again, to see what relearning does to it.", factor=1.0),
    )


def _mending_arms() -> tuple[Arm, ...]:
    def arm(name: str, method: str, target: str, alpha: float, **options: object) -> Arm:
        place = f"misgen.mitigations.{target}"
        return Arm(name=f"{name}, alpha {alpha:g}", method=method, target=place, alpha=alpha, options=options)

    return (
        arm("Mentor, 100 answers", "mentor", "mentor:mentor", 0.0, queries=100),
        arm("Mentor, 1000 answers", "mentor", "mentor:mentor", 0.0, queries=1000),
        arm("Mentor, 10000 answers", "mentor", "mentor:mentor", 0.0, queries=10_000),
        arm("Steering", "steering", "steering:steering", 0.0),
        arm("Steering, random direction", "steering", "steering:steering", 0.0, random=True),
        arm("Steering", "steering", "steering:steering", 3e-3),
        arm("Steering, random direction", "steering", "steering:steering", 3e-3, random=True),
    )


_LEVELS = ("training_stage", "plain", "mixing", "domain_randomisation", "counterfactual", "goal_conditioning")
_MENDING = ("plain", "mentor", "steering")
FAMILIES = (
    Family(name="replay", code=(*_ALWAYS, *_REPLAY), arms=_replay_arms()),
    Family(name="levels", code=(*_ALWAYS, *(f"mitigations/{name}" for name in _LEVELS)), arms=_training_arms()),
    Family(name="mending", code=(*_ALWAYS, *(f"mitigations/{name}" for name in _MENDING)), arms=_mending_arms()),
)
ARMS = tuple(arm for family in FAMILIES for arm in family.arms)


def mitigations(
    *, out: Path, results: Path, workers: int | None, show: Show, command: Sequence[str], num_seeds: int = NUM_SEEDS
) -> Board:
    """Do the cells that neither `results` nor `out` has, family by family, and put all arms on one board."""
    from misgen.study.mitigations_board import board_of

    del command
    for family in FAMILIES:
        cells = family.cells(num_seeds)
        collect_rows(
            cells, work=WORK, code=family.code, out=out / family.name, results=results / family.name, workers=workers, show=show
        )
    collect_quantilizers(num_seeds, out=out / "planning", results=results / "planning", workers=workers, show=show)
    collect_repairs(out=out / "repair", results=results / "repair", workers=workers, show=show)
    board = board_of(
        held(results, num_seeds),
        ARMS,
        num_seeds=num_seeds,
        diversity=results.parent / "corner-diversity",
        planning=quantilizer_rows(known_quantilizers(num_seeds, results / "planning")),
        repairs=repair_rows(known_repairs(results / "repair")),
    )
    write_json(results / "study.json", board.to_dict())
    return board


def held(results: Path, num_seeds: int = NUM_SEEDS) -> pl.DataFrame:
    """What `results` holds of the plan: a row per arm and seed."""
    import polars as pl

    frames = [known_rows(f.cells(num_seeds), work=WORK, code=f.code, results=results / f.name) for f in FAMILIES]
    known = [frame for frame in frames if frame.width]
    return pl.concat(known, how="diagonal_relaxed") if known else pl.DataFrame()
