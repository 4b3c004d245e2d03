"""What a study trains and looks at: a frozen configuration that round-trips through TOML."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field

import tomli_w

from misgen.concepts import Recipe, Slot, UserError, Value, unknown_name

__all__ = ["StudyConfig"]


@dataclass(frozen=True, kw_only=True)
class StudyConfig:
    """Arms, seeds and levels of a study of one scenario."""

    scenario: str
    """Name in the catalogue of scenarios."""
    alphas: tuple[float, ...] = (0.0, 0.02)
    """One arm each: the share of training levels on which the goals disagree. 0 shows the failure; 0.02 its repair."""
    num_seeds: int = 8
    """Subjects per arm. With 8, a share of 1 has a Jeffreys lower bound of 0.73, well above the verdict's 0.5."""
    first_seed: int = 0
    """Seeds are `first_seed`, `first_seed + 1`, ..."""
    seeds_per_cell: int = 1
    """Seeds trained side by side by `vmap`, on shared training levels. 1 gives every subject its own levels and is as fast on a
    CPU; an accelerator wants more. Part of a cell's identity, since batching changes rounding."""
    num_levels: int = 256
    """Evaluation levels per condition: the standard error of one subject's rate is then at most 0.031."""
    num_untrained: int = 4
    """Untrained subjects evaluated beside each study: the null for P where the proxy's cue cannot be erased."""
    level_seed: int = 1_000_003
    """Seed of the evaluation levels, shared by all subjects; training pools use the subjects' seeds and exclude these layouts."""
    emergence_levels: int = 128
    """Levels per condition on which checkpoints are looked at during training; 0 skips it."""
    num_films: int = 3
    """Twin films drawn per arm; 0 draws none."""
    world: Mapping[str, Value] = field(default_factory=dict)
    """Knobs of the scenario; empty means its defaults."""
    algorithm: Mapping[str, Value] = field(default_factory=dict)
    """Options of the training algorithm that differ from the scenario's recipe."""
    slots: Mapping[str, Slot] = field(default_factory=dict)
    """Recipe slots that differ from the scenario's recipe, for instance another network."""
    pool_levels: int | None = None
    """Training levels per subject; None takes the recipe's."""

    def __post_init__(self) -> None:
        if not self.alphas:
            raise UserError("A study needs at least one alpha", seen=self.alphas, do="Give --alpha 0")
        if len(set(self.alphas)) != len(self.alphas):
            raise UserError("An alpha is named twice", seen=self.alphas)
        for alpha in self.alphas:
            if not 0.0 <= alpha <= 1.0:
                raise UserError("alpha must be a share of training levels", seen=alpha, do="Give a number from 0 to 1")
        self._at_least("num_seeds", 1)
        self._at_least("seeds_per_cell", 1)
        self._at_least("num_levels", 8)
        self._at_least("first_seed", 0)
        self._at_least("num_untrained", 0)
        self._at_least("emergence_levels", 0)
        self._at_least("num_films", 0)
        self._at_least("level_seed", 0)
        if self.pool_levels is not None:
            self._at_least("pool_levels", 1)

    def _at_least(self, name: str, least: int) -> None:
        if getattr(self, name) < least:
            raise UserError(f"{name} is too small", seen=getattr(self, name), do=f"Give at least {least}")

    @property
    def seeds(self) -> tuple[int, ...]:
        """The seeds of every arm; arms share them, so that arms are paired."""
        return tuple(range(self.first_seed, self.first_seed + self.num_seeds))

    def recipe(self, base: Recipe, alpha: float) -> Recipe:
        """The scenario's recipe with this study's knobs and the arm's alpha."""
        algorithm = dataclasses.replace(base.algorithm, options={**base.algorithm.options, **self.algorithm})
        return dataclasses.replace(
            base,
            alpha=alpha,
            world={**base.world, **self.world},
            algorithm=algorithm,
            slots={**base.slots, **self.slots},
            num_levels=self.pool_levels or base.num_levels,
        )

    def to_toml(self) -> str:
        """TOML text; `from_toml` reads it back unchanged."""
        fields = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        return tomli_w.dumps({k: _plain(v) for k, v in fields.items() if v is not None})

    @classmethod
    def from_toml(cls, text: str) -> StudyConfig:
        """Reads TOML; unknown keys get the nearest known one, wrong types are named."""
        try:
            raw = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise UserError("The study is not valid TOML", seen=str(error), do="Mend that line") from None
        if "environment" in raw:
            do = "Run the program or command that made it again; verdict, explain, compare and report read it as it is"
            wrong = "This run is of an environment and a policy of your own, which no file can hold"
            raise UserError(wrong, seen=raw["environment"], do=do)
        known = {f.name: f for f in dataclasses.fields(cls)}
        for key in raw:
            if key not in known:
                raise unknown_name("study field", key, known)
        if "scenario" not in raw:
            raise UserError("The study names no scenario", do='Add scenario = "corner"')
        return cls(**{key: _typed(key, value) for key, value in raw.items()})  # type: ignore[arg-type]


def _typed(key: str, value: object) -> object:
    if key == "alphas":
        if not isinstance(value, list) or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in value):
            raise UserError("alphas must be a list of numbers", seen=repr(value))
        return tuple(float(v) for v in value)
    if key == "slots":
        if not isinstance(value, dict):
            raise UserError("slots must be a table", seen=repr(value), do='Write for instance slots.network = {name = "cnn"}')
        return {name: Slot.from_dict(raw) for name, raw in value.items()}
    if key in ("world", "algorithm"):
        if not isinstance(value, dict):
            raise UserError(f"{key} must be a table", seen=repr(value))
        return {k: tuple(v) if isinstance(v, list) else v for k, v in value.items()}
    wanted = str if key == "scenario" else int
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise UserError(f"{key} must be {'a name' if wanted is str else 'a whole number'}", seen=repr(value))
    return value


def _plain(value: object) -> object:
    if isinstance(value, Slot):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {k: _plain(v) for k, v in value.items()}
    return [_plain(v) for v in value] if isinstance(value, tuple) else value
