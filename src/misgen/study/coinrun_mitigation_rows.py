"""From what came of each runner to the board of coinrun: paired changes with intervals, costs, and what quantilizers choose.

An arm is compared with the runners of coinrun-diversity of its alpha and its seeds, which are the very agents before anything was
done to them, on the same levels with the same noise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from misgen.records import read_table
from misgen.study.arm_rates import over_agents
from misgen.study.coinrun_mitigation_work import CONDITIONS, QS
from misgen.study.mitigations_board import CERTIFIED, Looks, changes, doses_of, equivalent_alpha

if TYPE_CHECKING:
    import polars as pl

    from misgen.study.coinrun_mitigations import Arm

__all__ = ["BOARD_Q", "board_rows"]

Row = dict[str, Any]
BOARD_Q = 0.125
"""The q whose quantilizers stand on the board; all others are in a table of their own."""
STEPS, EPOCHS = 4_194_304, 3
"""Environment steps of an ordinary runner, and how often each is learnt from."""
PASSES = STEPS * (1 + 3 * EPOCHS)
CHANGES = ("goal", "proxy", "neither", "use", "capability", "training")


def board_rows(
    held: Mapping[str, pl.DataFrame], arms: Sequence[Arm], *, diversity: Path
) -> tuple[list[Row], list[Row], list[Row]]:
    """The board, the contrasts with controls, and a row per base, belief and q. Arms with fewer than two runners are left out."""
    doses = {alpha: _in_our_words(looks) for alpha, looks in doses_of(diversity).items()}
    frames = {arm.name: [frame for frame in held.values() if frame["arm"][0] == arm.name] for arm in arms}
    own = [(arm, frames[arm.name]) for arm in arms if len(frames[arm.name]) >= 2]
    board, looks, planning = _comparators(doses, diversity), dict[str, Looks](), list[Row]()
    for arm, parts in own:
        if arm.method == "quantilizer":
            found = _planned(arm, parts)
            planning += found
            board += _planning_rows(arm, found)
        else:
            looks[arm.name] = _looks(parts)
            board.append(_mended(arm, parts, looks[arm.name], doses))
    return board, _contrasts(looks), planning


def _in_our_words(looks: Looks) -> Looks:
    """`mitigations_board` knows the distinguishing condition by its kind."""
    named = {("distinguishing" if c == "moved" else c, erased): rows for (c, erased), rows in looks.letters.items()}
    return Looks(looks.seeds, named)


def _looks(parts: Sequence[pl.DataFrame]) -> Looks:
    rows = sorted((part.row(0, named=True) for part in parts), key=lambda row: row["seed"])
    letters = {
        (condition, erased): np.array([list(row[f"{condition}_erased" if erased else condition]) for row in rows])
        for condition in CONDITIONS
        for erased in (False, True)
    }
    return _in_our_words(Looks(tuple(row["seed"] for row in rows), letters))


def _mended(arm: Arm, parts: Sequence[pl.DataFrame], looks: Looks, doses: Mapping[float, Looks]) -> Row:
    rows = [part.row(0, named=True) for part in parts]
    mean = {name: float(np.mean([row[name] for row in rows])) for name in ("env_steps", "learned_steps", "labels")}
    notes = [json.loads(row["notes"]) for row in rows]
    return {
        **_fixed(arm),
        **_figures(looks, doses[arm.alpha].of(looks.seeds), doses),
        "cost_multiplier": 1 + (mean["env_steps"] + 3 * mean["learned_steps"]) / PASSES,
        "steps_multiplier": 1 + mean["env_steps"] / STEPS,
        "labels": mean["labels"],
        "cpu_seconds": float(np.median([row["make_seconds"] for row in rows])),
        "notes": {key: float(np.mean([note[key] for note in notes])) for key in sorted(notes[0])},
        "chosen": [note["strength"] for note in notes if "strength" in note],
    }


def _fixed(arm: Arm) -> Row:
    from misgen.mitigations.catalogue import MITIGATIONS

    listing = MITIGATIONS[arm.method].listing
    fixed = {key: listing.get(key) for key in ("tier", "stage", "source", "fidelity")}
    marks = {"comparator": False, "control": bool(arm.options.get("random"))}
    return {"arm": arm.name, "method": arm.method, **marks, "alpha": arm.alpha, **fixed, "stage": arm.stage}


def _figures(looks: Looks, before: Looks, doses: Mapping[float, Looks]) -> Row:
    """What is said of every arm: n, changes, rates, equivalent diversity."""
    from misgen.measurement.intervals import Crossed

    row: Row = {
        "num_subjects": len(looks.seeds),
        "num_levels": looks.letters["distinguishing", False].shape[1],
        **changes(looks, before),
    }
    for name, outcome in (("goal", "G"), ("proxy", "P"), ("neither", "X")):
        found = Crossed([looks.is_(outcome)], ["levels"]).share()
        row |= _ends(name, float(found.estimate), float(found.low), float(found.high))
    use = over_agents(looks.use.tolist())
    row |= _ends("use", use["estimate"], use["low"], use["high"])
    goal = (row["goal"], row["goal_low"], row["goal_high"])
    return {**row, **equivalent_alpha(goal, doses)}


def _comparators(doses: Mapping[float, Looks], diversity: Path) -> list[Row]:
    """Doing nothing, and mixing, from coinrun-diversity. Their changes are against doing nothing."""
    import polars as pl

    from misgen.mitigations.catalogue import MITIGATIONS

    listing = MITIGATIONS["mixing"].listing
    subjects = read_table(diversity / "subjects.parquet").filter(pl.col("alpha").is_not_null())
    found = []
    for alpha, looks in sorted(doses.items()):
        own = subjects.filter(pl.col("alpha") == alpha)
        found.append(
            {
                "arm": f"Mixing, alpha {alpha:g}" if alpha else "Doing nothing",
                "method": "mixing" if alpha else "nothing",
                "comparator": True,
                "alpha": alpha,
                **{key: listing[key] for key in ("tier", "stage", "source", "fidelity")},
                **({} if alpha else {"tier": 0}),
                **_figures(looks, doses[0.0].of(looks.seeds), doses),
                "cost_multiplier": 1.0,
                "steps_multiplier": float(own["steps"].mean()) / STEPS,  # type: ignore[arg-type]
                "labels": float(own["num_diverse"].mean()),  # type: ignore[arg-type]
                "cpu_seconds": float(own["cpu_seconds"].median()),  # type: ignore[arg-type]
                "notes": {},
                "chosen": [],
            }
        )
    return found


def _contrasts(looks: Mapping[str, Looks]) -> list[Row]:
    """Goal rate of an arm less that of its control, on the seeds that both have."""
    from misgen.measurement.intervals import Crossed

    pairs = [(f"Steering, alpha {a}", f"Steering, random direction, alpha {a}") for a in ("0", "0.02")]
    pairs += [(f"Trained on, coin {c} in 10 %, alpha 0", "Trained on as before, alpha 0") for c in ("moved", "erased")]
    found = []
    for first, second in pairs:
        if {first, second} <= looks.keys():
            seeds = sorted(set(looks[first].seeds) & set(looks[second].seeds))
            if len(seeds) >= 2:
                both = [looks[name].of(seeds).is_("G") for name in (first, second)]
                ends = Crossed(both, ["levels", "levels"]).difference(0, 1)
                figures = _ends("difference", float(ends.estimate), float(ends.low), float(ends.high))
                found.append({"first": first, "second": second, "num_subjects": len(seeds), **figures})
    return found


def _planned(arm: Arm, parts: Sequence[pl.DataFrame]) -> list[Row]:
    """A row per belief and q: rates over runners, and the change against the base (q = 1), all with 95 % t intervals."""
    import polars as pl

    rows = pl.concat(parts)
    found = []
    for belief in ("mean", "least"):
        base = rows.filter((pl.col("belief") == belief) & (pl.col("q") == 1.0)).sort("seed")
        for q in QS:
            own = rows.filter((pl.col("belief") == belief) & (pl.col("q") == q)).sort("seed")
            row: Row = {"arm": arm.name, "alpha": arm.alpha, "belief": belief, "q": q, "num_subjects": own.height}
            for name, column in (
                ("goal", "moved_G"),
                ("proxy", "moved_P"),
                ("neither", "moved_X"),
                ("capability", "control_G"),
                ("benign", "benign_G"),
            ):
                rate, change = (
                    over_agents(own[column].to_list(), is_share=True),
                    over_agents((own[column] - base[column]).to_list()),
                )
                row |= _ends(name, rate["estimate"], rate["low"], rate["high"])
                row |= _ends(f"change_in_{name}", change["estimate"], change["low"], change["high"])
            found.append({**row, "largest_ratio": own["largest_ratio"].max(), "cpu_seconds": own["make_seconds"].median()})
    return found


def _planning_rows(arm: Arm, planned: Sequence[Row]) -> list[Row]:
    """Two lines for the board: the members' mean believed, and the least of them."""
    from misgen.study.coinrun_mitigation_work import NUM_PLANNED, NUM_SAMPLES

    found = []
    for own in planned:
        if own["q"] != BOARD_Q:
            continue
        method, words = (
            ("quantilizer", "Quantilizer") if own["belief"] == "mean" else ("pessimistic-reward", "Least of five rewards")
        )
        row: Row = {**_fixed(arm), "arm": f"{words}, q {BOARD_Q:g}, alpha {arm.alpha:g}", "method": method}
        row |= {"num_subjects": own["num_subjects"], "num_levels": NUM_PLANNED, "labels": 0.0, "notes": {}, "chosen": []}
        for name in ("goal", "proxy", "neither"):
            row |= {f"{name}{end}": own[f"{name}{end}"] for end in ("", "_low", "_high")}
        for name in ("goal", "proxy", "neither", "capability"):
            row |= {f"change_in_{name}{end}": own[f"change_in_{name}{end}"] for end in ("", "_low", "_high")}
        row |= {f"change_on_benign{end}": own[f"change_in_benign{end}"] for end in ("", "_low", "_high")}
        row |= {key: None for name in ("use", "change_in_use", "change_in_training") for key in _ends(name, None, None, None)}
        low = own["change_in_capability_low"]
        row["skill"] = "kept" if low is not None and low >= -CERTIFIED else "not shown"
        row |= {"equivalent_alpha": None, "equivalent_alpha_low": None, "equivalent_alpha_high": None, "equivalent_words": None}
        # played in a simulator before every episode: what that costs is told in words, not in trainings
        row |= {"cost_multiplier": 1.0, "steps_multiplier": 1.0, "samples": NUM_SAMPLES, "cpu_seconds": own["cpu_seconds"]}
        found.append(row)
    return found


def _ends(name: str, estimate: float | None, low: float | None, high: float | None) -> Row:
    return {name: estimate, f"{name}_low": low, f"{name}_high": high}
