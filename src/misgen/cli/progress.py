"""How a run shows itself: one bar on a terminal, a line now and then elsewhere, silence never."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from misgen.cli.output import say, stderr

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from misgen.study import Cell, StudyConfig

__all__ = ["BarShow", "LineShow", "plan_words", "show_for_here"]

_EVERY = 10.0
"""Seconds between progress lines where there is no terminal."""


def show_for_here() -> BarShow | LineShow:
    """The bar on a terminal, lines elsewhere."""
    return BarShow() if sys.stderr.isatty() else LineShow()


def plan_words(config: StudyConfig, cells: Sequence[Cell], finished: int) -> str:
    """What will be done, in a sentence."""
    arms = ", ".join(f"{alpha:g}" for alpha in config.alphas)
    done = f"; {finished} of {len(cells)} pieces are finished already" if finished else ""
    return (
        f"{config.scenario}: {config.num_seeds} agents at each alpha of {arms}, "
        f"looked at on {config.num_levels} levels per condition{done}"
    )


class _Tally:
    """Steps done over all cells."""

    def __init__(self) -> None:
        self.done: dict[str, float] = {}
        self.success: dict[str, float] = {}
        self.speed: dict[str, float] = {}
        self.total = 0
        self.subjects = 0

    def plan(self, cells: Sequence[Cell]) -> None:
        self.total = sum(cell.trained for cell in cells)

    def take(self, event: Mapping[str, object]) -> None:
        cell = str(event["cell"])
        if event["event"] == "progress":
            self.done[cell] = float(str(event["step"])) / max(1.0, float(str(event["total"])))
            if event["success"] is not None:  # no episode has ended yet
                self.success[cell] = float(str(event["success"]))
            self.speed[cell] = float(str(event["steps_per_second"]))
        elif event["event"] == "done":
            self.done[cell] = 1.0
            self.speed.pop(cell, None)
            self.success.pop(cell, None)

    def words(self) -> str:
        speed = sum(self.speed.values())
        if not self.speed:
            return "evaluating"
        mean = sum(self.success.values()) / max(1, len(self.success))
        return f"{speed:,.0f} steps/s, {f'success {mean:.2f}' if self.success else 'no episode has ended yet'}"

    def share(self, finished: int) -> float:
        return (finished + sum(self.done.values())) / max(1, self.total + finished)


def _left_words(spent: float, share: float) -> str:
    """The time left, once enough is done to tell: the first steps are mostly compilation."""
    return f", about {spent * (1 - share) / share:.0f} s left" if share >= 0.02 else ""


class LineShow:
    """A line on stderr at most every ten seconds."""

    def __init__(self) -> None:
        self._tally = _Tally()
        self._finished = 0
        self._said = time.monotonic()
        self._started = time.monotonic()

    def plan(self, config: StudyConfig, cells: Sequence[Cell], *, finished: int) -> None:
        self._finished = finished
        self._tally.plan(cells)
        say(plan_words(config, cells, finished))

    def event(self, event: Mapping[str, object]) -> None:
        self._tally.take(event)
        if time.monotonic() - self._said >= _EVERY:
            self._said = time.monotonic()
            share = min(1.0, sum(self._tally.done.values()) / max(1, self._tally.total - self._finished))
            say(f"  {share:4.0%} trained, {self._tally.words()}{_left_words(time.monotonic() - self._started, share)}")

    def step(self, words: str) -> None:
        say(f"  {words}")

    def close(self) -> None:
        """Nothing to give back."""


class BarShow:
    """One rich bar with steps per second, success and the time left."""

    def __init__(self) -> None:
        self._tally = _Tally()
        self._progress: Progress | None = None
        self._task: TaskID | None = None
        self._finished = 0

    def plan(self, config: StudyConfig, cells: Sequence[Cell], *, finished: int) -> None:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        console = stderr()
        console.print(plan_words(config, cells, finished))
        self._finished = finished
        self._tally.plan(cells)
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[words]}"),
        )
        self._progress = Progress(*columns, console=console, transient=True)
        self._task = self._progress.add_task("training", total=max(1, self._tally.total - finished), words="starting")
        self._progress.start()

    def event(self, event: Mapping[str, object]) -> None:
        self._tally.take(event)
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=sum(self._tally.done.values()), words=self._tally.words())

    def step(self, words: str) -> None:
        if self._progress is None or self._task is None:
            stderr().print(f"  {words}", markup=False)
            return
        self._progress.update(self._task, description=words, words="")

    def close(self) -> None:
        """Give the terminal back."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None
