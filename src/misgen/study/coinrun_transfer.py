"""coinrun-transfer: agents trained in our CoinRun play the original; do they attain the same goals as often?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from misgen.concepts import LevelPool, Policy, Scenario, Trajectory, UserError
from misgen.records import RunFolder, digest_of, locked, read_table, write_json, write_table
from misgen.study.cells import Cell, plan_cells
from misgen.study.config import StudyConfig
from misgen.study.executor import LocalExecutor
from misgen.study.run import Show, do_cells, write_provenance
from misgen.study.setup import build_scenario

if TYPE_CHECKING:
    import polars as pl

__all__ = ["CONFIG", "CoinRunTransfer", "coinrun_transfer"]

CONFIG = StudyConfig(
    scenario="coinrun",
    alphas=(0.0, 0.02, 0.1),
    num_seeds=2,
    emergence_levels=0,
    num_films=0,
    num_untrained=0,
)
NUM_LEVELS = 800
"""Per condition, from seeds used nowhere else. The easiest levels recur, so some 630 of them differ where any level may come."""
LEVEL_SEED = 2_000_003
MARGIN = 0.05
"""Two rates count as equal when the 90 % interval of their difference lies within this: two one-sided tests at 5 %."""
CONDITIONS = ("training", "moved", "published", "control")
_NOISE_SEED = 23
_SIDE_BY_SIDE = 64
"""Copies of the original in one process."""


@dataclass(frozen=True, kw_only=True)
class CoinRunTransfer:
    """How often agents attain what, in our world and in the original, on the same levels with the same noise."""

    planned: int
    reached: int
    rows: Sequence[Mapping[str, Any]]
    """Per condition, erased or not, and outcome: both rates, their difference with its 90 % interval, whether they are equal."""
    num_episodes: int
    num_same: int
    """Episodes with the same actions, decision by decision, and the same outcome."""
    num_same_outcome: int

    @property
    def equal(self) -> bool:
        return all(row["equal"] for row in self.rows)

    @property
    def differing_at_most(self) -> float:
        """Upper 95 % bound (Clopper and Pearson) of the share of episodes whose outcome differs, taken as independent."""
        from scipy import stats

        different = self.num_episodes - self.num_same_outcome
        return float(stats.beta.ppf(0.95, different + 1, self.num_episodes - different))

    def to_dict(self) -> dict[str, object]:
        return {
            "schema": 1,
            "study": "coinrun-transfer",
            "planned_subjects": self.planned,
            "reached_subjects": self.reached,
            "num_levels": NUM_LEVELS,
            "margin": MARGIN,
            "equal": self.equal,
            "num_episodes": self.num_episodes,
            "num_same": self.num_same,
            "num_same_outcome": self.num_same_outcome,
            "differing_at_most": self.differing_at_most,
            "rows": [dict(row) for row in self.rows],
        }

    def words(self) -> str:
        """The answer, then a line per rate."""
        verdict = "equal within" if self.equal else "NOT shown equal within"
        lines = [
            f"coinrun-transfer: {self.reached} of {self.planned} planned agents; every rate {verdict} {MARGIN:g}",
            f"{self.num_same_outcome} of {self.num_episodes} episodes have the same outcome, {self.num_same} the same actions",
        ]
        return "\n".join([*lines, *(" ".join(cells) for cells in map(_cells, self.rows))])

    def page(self) -> str:
        """The documentation page."""
        table = "\n".join(f"| {' | '.join(_cells(row))} |" for row in self.rows)
        return _PAGE.format(
            planned=self.planned,
            reached=self.reached,
            levels=NUM_LEVELS,
            margin=MARGIN,
            answer="Every rate is equal within the margin." if self.equal else "**Not every rate is shown to be equal.**",
            episodes=self.num_episodes,
            same=self.num_same,
            outcome=self.num_same_outcome,
            bound=f"an outcome that differs in {self.differing_at_most:.2%} of episodes could have been missed (95 %).",
            table=table,
        )


def coinrun_transfer(
    *, out: Path, results: Path, workers: int | None, show: Show, command: Sequence[str], config: StudyConfig = CONFIG
) -> CoinRunTransfer:
    """Train the agents, play each in both worlds, compare. What `results` or `out` holds is not done again.

    Raises a `UserError` where the original is not installed.
    """
    from misgen.worlds.procgen.install import is_installed

    scenario = build_scenario(config.scenario, dict(config.world))
    assert scenario.recipe is not None
    cells = plan_cells(config, scenario.recipe)
    missing = [cell for cell in cells if not _is_played(results, cell)]
    if missing:
        if not is_installed():
            raise UserError("The original games are not installed", do="Run: misgen doctor --install-procgen")
        folder = RunFolder.create(out, config.to_toml())
        with locked(folder.path) as lock:
            write_provenance(folder, scenario, command)
            executor = LocalExecutor(num_workers=workers, log=folder.cells / "worker.log", inherit=(lock,))
            do_cells(folder, config, missing, executor=executor, show=show)
            for cell in missing:
                show.step(f"playing the original: {', '.join(cell.subjects)}")
                _play_cell(scenario, folder, cell, results)
    found = _compared([_read(results, cell) for cell in cells], planned=len(cells))
    write_json(results / "study.json", found.to_dict())
    return found


def _episodes(results: Path, cell: Cell) -> Path:
    return results / "episodes" / f"{digest_of([cell.digest, NUM_LEVELS, LEVEL_SEED, _NOISE_SEED])}.parquet"


def _is_played(results: Path, cell: Cell) -> bool:
    return _episodes(results, cell).is_file()


def _read(results: Path, cell: Cell) -> pl.DataFrame:
    return read_table(_episodes(results, cell))


def _play_cell(scenario: Scenario, folder: RunFolder, cell: Cell, results: Path) -> None:
    """Both worlds, every condition, shown and erased: one row per episode."""
    import polars as pl

    from misgen.training import load_policy

    tables = []
    for subject in cell.subjects:
        loaded = load_policy(folder.cells / cell.digest / "policies" / f"{subject}.safetensors")
        for condition in CONDITIONS:
            assert scenario.levels is not None
            pool = scenario.levels(condition, num_levels=NUM_LEVELS, seed=LEVEL_SEED)
            for erased in (False, True):
                ours, theirs = _both(scenario, pool, loaded.policy, loaded.params, erased=erased)
                tables.append(
                    pl.DataFrame(
                        {
                            "subject": subject,
                            "alpha": cell.recipe.alpha,
                            "condition": condition,
                            "erased": erased,
                            "level": list(pool.hashes),
                            "ours": _letters(ours),
                            "original": _letters(theirs),
                            "same_actions": _same_actions(ours, theirs),
                        }
                    )
                )
    path = _episodes(results, cell)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(path, pl.concat(tables))


def _both(scenario: Scenario, pool: LevelPool, policy: Policy, params: object, *, erased: bool) -> tuple[Trajectory, Trajectory]:
    """The same levels, the same noise: our world in the device scan, the original side by side."""
    import jax
    import jax.numpy as jnp

    from misgen.training import rollout
    from misgen.training.noise import ACTION, choose, episode_words, mix, uniform
    from misgen.worlds.procgen.coinrun import CoinRunOriginal, original_rollout
    from misgen.worlds.procgen.starts import original_levels

    world: Any = scenario.world
    words = np.asarray(episode_words(_NOISE_SEED, len(pool)))
    hidden = np.full((len(pool), 1), erased)
    ours = rollout(world, pool.levels, np.arange(len(pool)), policy, params, erased=hidden, key=words)  # type: ignore[arg-type]

    @jax.jit
    def act(seen: jax.Array, noise: jax.Array) -> jax.Array:
        logits = jax.vmap(lambda o: policy.apply(params, o, policy.initial_memory())[0].logits)(seen)
        return jax.vmap(choose)(jnp.asarray(logits), noise)

    parts = []
    levels = original_levels(pool)
    with CoinRunOriginal(world.config, num=_SIDE_BY_SIDE) as original:
        for first in range(0, len(levels), _SIDE_BY_SIDE):
            group = slice(first, first + _SIDE_BY_SIDE)
            own = words[group]

            def decide(seen: np.ndarray, time: int, own: np.ndarray = own) -> np.ndarray:
                return np.asarray(act(jnp.asarray(seen), jnp.asarray(uniform(mix(mix(own, time), ACTION)))))  # type: ignore[arg-type]

            secret = [frozenset({"coin"}) if erased else frozenset[str]()] * len(own)
            parts.append(original_rollout(original, levels[group], decide, erased=secret))
    theirs = Trajectory(*(np.concatenate([np.asarray(part[k]) for part in parts], axis=1) for k in range(5)))
    return ours, theirs


def _letters(played: Trajectory) -> list[str]:
    """G where the coin was collected, P where the end was reached and no coin, X otherwise."""
    attained = np.any(np.asarray(played.scores), axis=0)
    coin, end = attained[:, 0], attained[:, 1]
    return np.where(coin, "G", np.where(end, "P", "X")).tolist()


def _same_actions(ours: Trajectory, theirs: Trajectory) -> list[bool]:
    a, b = (np.where(np.asarray(t.alive), np.asarray(t.actions), -1) for t in (ours, theirs))
    return np.all(a == b, axis=0).tolist()


def _compared(tables: Sequence[pl.DataFrame], *, planned: int) -> CoinRunTransfer:
    import polars as pl

    episodes = pl.concat(tables)
    same_outcome = episodes["ours"] == episodes["original"]
    rows = [
        _row(part, str(condition), bool(erased), outcome)
        for (condition, erased), part in episodes.partition_by(["condition", "erased"], as_dict=True, maintain_order=True).items()
        for outcome in "GPX"
    ]
    return CoinRunTransfer(
        planned=planned,
        reached=episodes["subject"].n_unique(),
        rows=rows,
        num_episodes=episodes.height,
        num_same=int((same_outcome & episodes["same_actions"]).sum()),
        num_same_outcome=int(same_outcome.sum()),
    )


def _row(part: pl.DataFrame, condition: str, erased: bool, outcome: str) -> dict[str, Any]:
    """Differences are taken episode by episode and averaged within a level, which counts once."""
    import polars as pl
    from scipy import stats

    marked = part.select(
        "level",
        ours=(pl.col("ours") == outcome).cast(pl.Float64),
        original=(pl.col("original") == outcome).cast(pl.Float64),
    )
    by_level = marked.group_by("level", maintain_order=True).mean()
    difference = (by_level["original"] - by_level["ours"]).to_numpy()
    reach = float(stats.t.ppf(0.95, len(difference) - 1) * stats.sem(difference))
    estimate = float(difference.mean())
    return {
        "condition": condition,
        "erased": erased,
        "outcome": outcome,
        "ours": float(np.mean(by_level["ours"].to_numpy())),
        "original": float(np.mean(by_level["original"].to_numpy())),
        "difference": estimate,
        "low": estimate - reach,
        "high": estimate + reach,
        "num_levels": len(difference),
        "num_subjects": part["subject"].n_unique(),
        "equal": bool(abs(estimate) + reach < MARGIN),
    }


def _cells(row: Mapping[str, Any]) -> list[str]:
    return [
        row["condition"],
        "coin erased" if row["erased"] else "coin shown",
        row["outcome"],
        f"{row['ours']:.3f}",
        f"{row['original']:.3f}",
        f"{row['difference']:+.4f} ({row['low']:+.4f} to {row['high']:+.4f})",
        str(row["num_levels"]),
        "yes" if row["equal"] else "**no**",
    ]


_PAGE = """# coinrun-transfer: the same agents in the original game

Agents trained in our CoinRun play the C++ original through the symbolic view read from its state; the coin is put in its
place by editing that state at every level start. The levels, the placements and the noise of action sampling are the same in
both worlds, so episodes can be compared one by one.

*Planned: {planned} agents. Reached: {reached}.* {levels} levels per condition from fresh seeds; equal levels count once, as
one level. Equal means that the 90 % interval of the difference lies within {margin} (two one-sided tests at 5 %; differences
paired by episode, averaged within a level).

{answer} Of {episodes} episodes {outcome} have the same outcome in both worlds, and {same} are the same action for action. Where
actions part, single-precision rounding in our faster arithmetic has made the difference. Where no outcome differs, the interval
has no width; {bound}

G: the coin was collected. P: the end was reached and the coin never collected. X: neither.

| condition | seen | outcome | ours | original | difference (90 %) | levels | equal |
| --- | --- | --- | --- | --- | --- | --- | --- |
{table}
"""
