"""What a method is handed: handles, not data sets, so that what it looks at is known, counted and refused.

This guards against mistakes and says on the board what was used; it is no sandbox against code that means harm.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from misgen.concepts.detector import Access, Episodes, Subject
from misgen.concepts.errors import UserError, unknown_name
from misgen.concepts.evidence import Outcome

if TYPE_CHECKING:
    from misgen.concepts.level import LevelPool

__all__ = [
    "TIERS",
    "AccessRefusedError",
    "Accessed",
    "Enforced",
    "Handles",
    "Labelled",
    "LevelTable",
    "Mentor",
    "Oracle",
    "Simulator",
    "Twins",
]

TIERS: Mapping[str, int] = {
    "training": 0,
    "reference": 0,
    "ensemble": 0,
    "unlabelled": 1,
    "labelled": 2,
    "oracle": 3,
    "twins": 3,
    "simulator": 3,
    "mentor": 4,
}
"""Handle -> the least tier that may touch it."""


class AccessRefusedError(UserError):
    """A method reached for something above the tier that it declares."""


@dataclass(frozen=True, kw_only=True)
class Labelled:
    """Episodes whose outcome somebody looked at."""

    episodes: Episodes
    outcomes: tuple[Outcome, ...]
    """Per episode: G, P or X."""


@dataclass(frozen=True, kw_only=True)
class Twins:
    """The items of `unlabelled` once more, with the cue of one goal removed: whoever removes it knows what the cue is."""

    erased: Mapping[str, Episodes]
    """By goal whose cue was removed; the same items in the same order, and what the subject did there."""
    intended: str
    """Name of the intended goal; the others are proxies."""


@dataclass(frozen=True, kw_only=True)
class LevelTable:
    """One level as a table of its reachable states: enough to plan in exactly. NumPy arrays; state 0 is the start."""

    successors: object
    """Int32[state, action]: the state after the action. A terminal state is its own successor."""
    attains: Mapping[str, object]
    """By goal, Bool[state, action]: whether that transition attains it."""
    terminal: object
    """Bool[state]: the episode is over there."""
    observations: object
    """Float32[state, ...]: what a subject sees there."""
    max_steps: int
    """The time limit of an episode."""
    erased: Mapping[str, object] = field(default_factory=dict)
    """By goal whose cue can be removed from what is seen: Float32[state, ...], what a subject sees there without it."""


class Oracle(Protocol):
    """What the environment itself knows of a level. Tier 3. Deterministic worlds only; where there is none, the handle says so.

    `episodes` are named by their levels' hashes and followed by their actions, so an oracle needs no hidden state of them.
    """

    goals: tuple[str, ...]
    """All goals of the world, intended and proxies."""
    intended: str
    """Which of them is the intended one."""
    num_actions: int
    max_steps: int

    def steps_to(self, episodes: Episodes) -> Mapping[str, object]:
        """By goal, Int32[time, episode, action]: the fewest steps in which the goal is attained when that action is taken now
        (1 = it attains it at once), -1 where it cannot be any more, however long one tries. Padding rows are -1."""
        ...

    def events(self, episodes: Episodes) -> object:
        """Bool[time, episode, goal], in the order of `goals`: attained by this step."""
        ...

    def visited(self, episodes: Episodes) -> object:
        """Int32[time, episode]: the state of the level's table before each step; -1 in padding."""
        ...

    def table(self, level: str) -> LevelTable:
        """The level of that hash as a table."""
        ...


class Simulator(Protocol):
    """Where levels are made and the subject is tried out in them. Tier 3. Counts every environment step."""

    num_steps: int
    """Steps taken so far."""
    budget: int
    """Steps that may be taken; `play` beyond it raises a `UserError`."""
    conditions: tuple[str, ...]
    """Names that `draw` takes."""

    def draw(self, condition: str, *, num_levels: int, seed: int) -> LevelPool:
        """Fresh levels of a condition."""
        ...

    def edit(self, pool: LevelPool, *, seed: int) -> LevelPool:
        """Each level after one random edit (a wall, the goal or the start moved), still legal and solvable."""
        ...

    def play(self, subject: Subject, pool: LevelPool, *, seed: int) -> Labelled:
        """One episode of the subject in each level, with its outcome."""
        ...


class Mentor(Protocol):
    """Somebody who can be asked what to do. Tier 4. Counts queries: one per asked step."""

    queries: int

    def advise(self, episodes: Episodes, asked: object) -> object:
        """Int32[time, episode]: a best action for the intended goal at each step where `asked` (Bool[time, episode]); -1
        elsewhere, and where nothing helps any more."""
        ...


class Handles(Protocol):
    """What `fit` receives. Every property may raise `AccessRefusedError` (above the declared tier) or a `UserError` (not
    offered in this setting)."""

    @property
    def training(self) -> Episodes:
        """Episodes of this subject on its own training levels. Tier 0."""
        ...

    @property
    def reference(self) -> Episodes:
        """Episodes on ordinary training levels, one and the same set for all subjects of a setting. Tier 0. Novelty is fitted
        on this: fitted on each subject's own levels it would tell recipes apart and know nothing of goals."""
        ...

    @property
    def ensemble(self) -> tuple[Subject, ...]:
        """Other subjects of the same recipe. Tier 0."""
        ...

    @property
    def unlabelled(self) -> Episodes:
        """Episodes of this subject on deployment levels, outcomes unknown. Tier 1."""
        ...

    @property
    def labelled(self) -> Labelled:
        """As `unlabelled`, other levels, with outcomes: at most `Access.labels` of them. Tier 2."""
        ...

    @property
    def oracle(self) -> Oracle:
        """Tier 3."""
        ...

    @property
    def twins(self) -> Twins:
        """`unlabelled` with the cue of a goal removed; no outcome is in it. Tier 3, as `LevelTable.erased` is: which part of
        what is seen is a goal's cue, only the environment knows."""
        ...

    @property
    def simulator(self) -> Simulator:
        """Tier 3."""
        ...

    @property
    def mentor(self) -> Mentor:
        """Tier 4."""
        ...


@dataclass(frozen=True, kw_only=True)
class Accessed:
    """One line of the log."""

    handle: str
    tier: int
    allowed: bool


@dataclass(frozen=True, kw_only=True)
class Enforced:
    """Handles that refuse what the declared tier forbids, and log every access. Implements `Handles`.

    `offers` holds, by handle, the thing itself or a function that makes it when it is first asked for.
    """

    access: Access
    offers: Mapping[str, object]
    log: list[Accessed] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in self.offers:
            if name not in TIERS:
                raise unknown_name("handle", name, TIERS)

    @property
    def training(self) -> Episodes:
        return cast(Episodes, self._take("training"))

    @property
    def reference(self) -> Episodes:
        return cast(Episodes, self._take("reference"))

    @property
    def ensemble(self) -> tuple[Subject, ...]:
        return cast(tuple[Subject, ...], self._take("ensemble"))

    @property
    def unlabelled(self) -> Episodes:
        return cast(Episodes, self._take("unlabelled"))

    @property
    def labelled(self) -> Labelled:
        """The first `access.labels` of what is offered; with none declared, none are handed out."""
        found = cast(Labelled, self._take("labelled"))
        return _first(found, self.access.labels)

    @property
    def oracle(self) -> Oracle:
        return cast(Oracle, self._take("oracle"))

    @property
    def twins(self) -> Twins:
        return cast(Twins, self._take("twins"))

    @property
    def simulator(self) -> Simulator:
        return cast(Simulator, self._take("simulator"))

    @property
    def mentor(self) -> Mentor:
        return cast(Mentor, self._take("mentor"))

    @property
    def used(self) -> tuple[str, ...]:
        """The handles that were taken, each once, by tier."""
        return tuple(name for name in TIERS if any(line.handle == name and line.allowed for line in self.log))

    def _take(self, name: str) -> object:
        tier = TIERS[name]
        allowed = tier <= self.access.tier
        self.log.append(Accessed(handle=name, tier=tier, allowed=allowed))
        if not allowed:
            raise AccessRefusedError(
                f"The handle {name!r} is of tier {tier}, above what the method declares",
                seen=f"tier {self.access.tier}",
                do=f"Declare Access(tier={tier}), or do without it",
            )
        if name not in self.offers:
            raise UserError(f"The handle {name!r} is not offered in this setting", seen=sorted(self.offers))
        offered = self.offers[name]
        return cast("Callable[[], object]", offered)() if callable(offered) else offered


def _first(found: Labelled, num: int) -> Labelled:
    episodes = found.episodes
    few = slice(0, num)
    rows = episodes.trajectory._make(None if x is None else x[:, few] for x in episodes.trajectory)  # type: ignore[index]
    seen = episodes.observations[:, few]  # type: ignore[index]
    return Labelled(
        episodes=Episodes(observations=seen, trajectory=rows, levels=episodes.levels[few]), outcomes=found.outcomes[few]
    )
