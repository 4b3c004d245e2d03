"""shape-colour-preferences: which of two things agents of one recipe go to, and whether the training seed alone decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from misgen.records import RunFolder, digest_of, locked, read_table, write_json, write_table
from misgen.study.arm_rates import over_agents
from misgen.study.cells import Cell, plan_cells
from misgen.study.config import StudyConfig
from misgen.study.duels import Choices, Pair, duel, preference
from misgen.study.executor import LocalExecutor
from misgen.study.results import StudyResults
from misgen.study.run import Show, do_cells, write_provenance
from misgen.study.setup import build_scenario

if TYPE_CHECKING:
    import polars as pl

__all__ = ["CONFIG", "FAMILIES", "PAIRS", "Look", "ShapePreferences", "most_divided", "shape_preferences"]

CONFIG = StudyConfig(scenario="maze-shape-colour", alphas=(0.0,), num_seeds=16, num_untrained=0, emergence_levels=0, num_films=0)
"""The first eight agents are those of the atlas, trained once for both."""
SHAPE_FAMILY = "the trained shape against the trained colour"
FAMILIES: Mapping[str, tuple[Pair, ...]] = {
    SHAPE_FAMILY: tuple(
        (f"{colour} line", "yellow gem") for colour in ("red", "green", "white", "purple", "cyan", "blue", "black")
    ),
    "two lines": tuple(
        (f"{one} line", f"{other} line")
        for one, other in (("red", "green"), ("cyan", "red"), ("purple", "red"), ("cyan", "purple"), ("white", "yellow"))
    ),
    "two gems": tuple(
        (f"{one} gem", f"{other} gem")
        for one, other in (
            ("green", "yellow"),
            ("cyan", "white"),
            ("purple", "white"),
            ("blue", "purple"),
            ("red", "green"),
            ("red", "yellow"),
        )
    ),
    "a gem and a line": (("white gem", "blue line"), ("red gem", "green line")),
}
"""The published forced choice with every colour of the line (a black thing cannot be seen), the pairs of the page of the world,
and those of all 120 nearest to indifference in three pilot agents (seeds 0 to 2, 128 layouts)."""
PAIRS: tuple[Pair, ...] = tuple(pair for pairs in FAMILIES.values() for pair in pairs)
WANTED_CAPABILITY = 0.9


@dataclass(frozen=True, kw_only=True)
class Look:
    """Mazes on which agents are looked at."""

    num_layouts: int
    seed: int


SCREEN = Look(num_layouts=512, seed=3_000_017)
"""All agents on all pairs; the pair that divides the agents most, and the two agents farthest apart in it, are picked here."""
CONFIRM = Look(num_layouts=2048, seed=4_000_037)
"""That pair again, in other mazes: what is said of the two agents rests on these alone, so having been picked biases nothing."""


@dataclass(frozen=True, kw_only=True)
class ShapePreferences:
    """The matrix of preferences, and the two agents that were picked from it."""

    agents: Sequence[Mapping[str, Any]]
    """Per agent: name, seed, capability."""
    matrix: Sequence[Mapping[str, Any]]
    """Per pair and agent: share of the first thing among the choices made, with its interval."""
    pairs: Sequence[Mapping[str, Any]]
    """Per pair: mean over agents, who prefers which, how far agents differ."""
    picked: Mapping[str, Any]
    """Pair, the two agents, their preferences in the confirming mazes, and whether these lie on opposite sides."""
    picked_shape: Mapping[str, Any]
    """The same among the pairs of the trained shape against the trained colour alone."""
    planned: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": 1,
            "study": "shape-colour-preferences",
            "planned_subjects": self.planned,
            "reached_subjects": len(self.agents),
            "screen_layouts": SCREEN.num_layouts,
            "confirm_layouts": CONFIRM.num_layouts,
            "agents": [dict(row) for row in self.agents],
            "pairs": [dict(row) for row in self.pairs],
            "picked": dict(self.picked),
            "picked_shape": dict(self.picked_shape),
            "matrix": [dict(row) for row in self.matrix],
        }

    def words(self) -> str:
        """The answer, then a line per pair."""
        from misgen.study.shape_preferences_page import answer

        lines = [f"{row['first']} over {row['second']}: {row['mean']['estimate']:.2f}" for row in self.pairs]
        return "\n".join([f"shape-colour-preferences: {len(self.agents)} of {self.planned} agents", answer(self.picked), *lines])

    def page(self) -> str:
        """The documentation page."""
        from misgen.study.shape_preferences_page import preferences_page

        return preferences_page(self.to_dict())


def shape_preferences(
    *, out: Path, results: Path, workers: int | None, show: Show, command: Sequence[str], config: StudyConfig = CONFIG
) -> ShapePreferences:
    """Train the agents, put every pair before each, pick the most divided pair, and put it before all again in other mazes.

    What `results` or `out` holds is not done again. `config` may ask for fewer agents than are planned.
    """
    scenario = build_scenario(config.scenario, dict(config.world))
    assert scenario.recipe is not None
    cells = plan_cells(config, scenario.recipe)
    store = StudyResults(results)

    def looked(look: Look, pairs: Sequence[Pair]) -> dict[tuple[str, Pair], Choices]:
        """Every agent's choices; agents whose policies are needed and gone are trained again."""
        known = store.known()
        missing = [cell for cell in cells if cell.digest not in known or not _file(results, cell, look, pairs).is_file()]
        if missing:
            folder = RunFolder.create(out, config.to_toml())
            with locked(folder.path) as lock:
                write_provenance(folder, scenario, command)
                try:
                    executor = LocalExecutor(num_workers=workers, log=folder.cells / "worker.log", inherit=(lock,))
                    do_cells(folder, config, missing, executor=executor, show=show)
                finally:
                    store.take(folder, cells)
                for cell in missing:
                    show.step(f"choices of {', '.join(cell.subjects)}")
                    _look(folder, cell, look, pairs, _file(results, cell, look, pairs))
        return {key: value for cell in cells for key, value in _read(_file(results, cell, look, pairs)).items()}

    screened = looked(SCREEN, PAIRS)
    agents = _agents(store)
    names = [row["agent"] for row in agents]
    capable = [row["agent"] for row in agents if row["capability"] is not None and row["capability"] >= WANTED_CAPABILITY]
    matrix = {pair: preference([screened[name, pair] for name in names]) for pair in PAIRS}

    def picked(pairs: Sequence[Pair]) -> dict[str, Any]:
        """The pair of these that divides the capable agents most, and what all of them do with it in the confirming mazes."""
        pair, high, low = most_divided({p: preference([screened[name, p] for name in capable]) for p in pairs})
        again = looked(CONFIRM, [pair])
        confirmed = preference([again[name, pair] for name in capable])
        return {
            **_summary(pair, confirmed),
            "high": {"agent": capable[high], **_ends(confirmed, high)},
            "low": {"agent": capable[low], **_ends(confirmed, low)},
            "opposite": bool(confirmed.low[high] > 0.5 and confirmed.high[low] < 0.5),
            "num_capable": len(capable),
        }

    found = ShapePreferences(
        agents=agents,
        matrix=[{"first": p[0], "second": p[1], "agent": n, **_ends(matrix[p], i)} for p in PAIRS for i, n in enumerate(names)],
        pairs=[_summary(p, matrix[p]) for p in PAIRS],
        picked=picked(PAIRS),
        picked_shape=picked(FAMILIES[SHAPE_FAMILY]),
        planned=len(CONFIG.seeds),
    )
    write_json(results / "study.json", found.to_dict())
    return found


def _file(results: Path, cell: Cell, look: Look, pairs: Sequence[Pair]) -> Path:
    name = digest_of([cell.digest, [list(pair) for pair in pairs], look.num_layouts, look.seed])
    return results / "choices" / f"{name}.parquet"


def _look(folder: RunFolder, cell: Cell, look: Look, pairs: Sequence[Pair], path: Path) -> None:
    """One row per agent, pair and layout."""
    import polars as pl

    from misgen.training import load_policy

    tables = []
    for subject in cell.subjects:
        loaded = load_policy(folder.cells / cell.digest / "policies" / f"{subject}.safetensors")
        for pair in pairs:
            chosen = duel(loaded.policy, loaded.params, pair, num_layouts=look.num_layouts, seed=look.seed)
            columns = {"went_to_first": chosen.first, "decided": chosen.decided}
            named = [pl.lit(subject).alias("agent"), pl.lit(pair[0]).alias("first"), pl.lit(pair[1]).alias("second")]
            tables.append(pl.DataFrame(columns).with_columns(*named))
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(path, pl.concat(tables))


def _read(path: Path) -> dict[tuple[str, Pair], Choices]:
    parts: dict[Any, pl.DataFrame] = read_table(path).partition_by("agent", "first", "second", as_dict=True)
    return {
        (agent, (first, second)): Choices(part["went_to_first"].to_numpy(), part["decided"].to_numpy())
        for (agent, first, second), part in parts.items()
    }


def _agents(store: StudyResults) -> list[dict[str, Any]]:
    """Name, seed, success and capability of every agent, the last with its 95 % interval over levels."""
    from misgen.measurement import measure

    subjects = store.table("subjects")
    measured = measure(store.table("evidence"), subjects=subjects, levels=store.table("levels"))
    spent = dict(subjects.select("subject", subjects["cpu_seconds"] + subjects["compile_seconds"]).iter_rows())
    return [
        {
            "agent": each.subject,
            "seed": each.seed,
            "training": each.measures.training.estimate,
            "capability": each.measures.capability.estimate,
            "capability_low": each.measures.capability.low,
            "capability_high": each.measures.capability.high,
            "cpu_seconds": spent[each.subject],
        }
        for each in sorted(measured.subjects, key=lambda each: each.seed)
    ]


def most_divided(preferences: Mapping[Pair, Any]) -> tuple[Pair, int, int]:
    """The pair in which some agent lies clearest above .5 while another lies clearest below it, and the numbers of the two.

    Clearness is the distance to .5 in half interval widths, of the less clear of the two agents. `preferences` holds intervals
    over agents; pairs that nobody decides noisily (no interval) are passed over.
    """
    best: tuple[float, Pair, int, int] | None = None
    for pair, found in preferences.items():
        half = (found.high - found.low) / 2
        if not np.all(half > 0):
            continue
        clear = (found.estimate - 0.5) / half
        high, low = int(np.argmax(clear)), int(np.argmin(clear))
        worth = min(float(clear[high]), -float(clear[low]))
        if best is None or worth > best[0]:
            best = (worth, pair, high, low)
    assert best is not None, "some pair is decided"
    return best[1:]


def _ends(found: Any, index: int) -> dict[str, float]:
    return {name: float(getattr(found, name)[index]) for name in ("estimate", "low", "high")}


def _summary(pair: Pair, found: Any) -> dict[str, Any]:
    """Of one pair, over agents: mean, extremes, sides, and the spread that is left when levels' noise is taken away."""
    noise = np.square((found.high - found.low) / (2 * 1.96))
    spread = np.var(found.estimate, ddof=1) - noise.mean()
    return {
        "first": pair[0],
        "second": pair[1],
        "mean": over_agents(found.estimate.tolist()),
        "lowest": _ends(found, int(np.argmin(found.estimate))),
        "highest": _ends(found, int(np.argmax(found.estimate))),
        "num_above": int((found.low > 0.5).sum()),
        "num_below": int((found.high < 0.5).sum()),
        "num_agents": len(found.estimate),
        "spread": float(np.sqrt(max(spread, 0.0))),
    }
