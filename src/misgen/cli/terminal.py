"""A level in the terminal: played with the keys, or watched."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from misgen.cli.keys import keys_of, legend
from misgen.concepts.errors import UserError

if TYPE_CHECKING:
    from misgen.worlds.host import Host

__all__ = ["play_by_hand", "watch"]

_ESCAPE = 0.05
"""Seconds within which the rest of an arrow key follows its first character; the Escape key stands alone."""
_QUIT = ("q", "\x03", "\x04", "\x1b")


def play_by_hand(host: Host, level: Any) -> None:
    """Arrow keys (or w a s d, h j k l) where directions are named, the keys shown for the rest; q or Escape ends.

    Needs a terminal.
    """
    if not sys.stdin.isatty():
        raise UserError(
            "Playing needs a terminal", seen="standard input is not one", do="Use `misgen replay` for scripted actions"
        )
    world = host.episode(level)
    world.reset(level, seed=0)
    keys, words = keys_of(host.action_names), legend(host.action_names)
    seen: list[str] = []
    number = 0
    with _raw_keys():
        for number in range(1, world.max_steps + 1):
            _show(host.text(level, state=world.state), f"step {number - 1} of {world.max_steps}   {words}   {' '.join(seen)}")
            action = _action_key(keys)
            if action is None:
                return
            _, attained, ended = world.step(action)
            seen += [f"{goal}!" for goal in world.goals if goal in attained and not _has(seen, goal)]
            if ended:
                break
        _show(host.text(level, state=world.state), f"over after {number} steps   {' '.join(seen) or 'no goal attained'}")


def watch(host: Host, level: Any, actions: Sequence[int], *, erased: frozenset[str], speed: float) -> None:
    """Show the episode that these actions make, to a subject that does not see the `erased` goals' cues.

    Without a terminal, only its last state.
    """
    if not 0 < speed <= 60:
        raise UserError("speed is out of range", seen=speed, do="Give steps per second from 0.1 to 60")
    world = host.episode(level)
    world.reset(level, seed=0)
    is_live = sys.stdout.isatty()
    seen: list[str] = []
    for number, action in enumerate(actions, start=1):
        if is_live:
            _show(host.text(level, state=world.state, erased=erased), f"step {number - 1}   {' '.join(seen)}")
            time.sleep(1 / speed)
        _, attained, ended = world.step(action)
        seen += [f"{goal}! (step {number})" for goal in world.goals if goal in attained and not _has(seen, goal)]
        if ended:
            break
    words = f"over after {len(actions)} steps   {' '.join(seen) or 'no goal attained'}"
    picture = host.text(level, state=world.state, erased=erased, colour=is_live)
    if is_live:
        _show(picture, words)
    else:
        sys.stdout.write(f"{picture}\n{words}\n")


def _has(seen: Sequence[str], goal: str) -> bool:
    """Only the first time counts: a goal may be attained again and again."""
    return any(words.startswith(f"{goal}!") for words in seen)


def _show(picture: str, words: str) -> None:
    sys.stdout.write(f"\x1b[H\x1b[J{picture}\r\n{words}\r\n".replace("\n", "\r\n").replace("\r\r", "\r"))
    sys.stdout.flush()


def _action_key(keys: Mapping[str, int]) -> int | None:
    """The next action, or None to stop."""
    place = sys.stdin.fileno()
    while True:
        pressed = os.read(place, 1)
        if pressed == b"\x1b" and select.select([place], [], [], _ESCAPE)[0]:
            pressed += os.read(place, 2)
        key = pressed.decode(errors="replace")
        if key in _QUIT or not key:
            return None
        if key in keys:
            return keys[key]


@contextmanager
def _raw_keys() -> Iterator[None]:
    """Single keys without Enter; the terminal is put back whatever happens."""
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    try:
        tty.setcbreak(sys.stdin)
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
