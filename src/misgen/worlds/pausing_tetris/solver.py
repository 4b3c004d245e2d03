"""The fewest steps to each goal, and what optimal policies earn, exactly: all ways to place the next few blocks are tried."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from misgen.worlds.pausing_tetris.blocks import WIDTH, drop
from misgen.worlds.pausing_tetris.goals import QUOTA, TICKS
from misgen.worlds.pausing_tetris.levels import Levels

__all__ = ["DEPTH", "Earnings", "best_steps", "earnings", "fewest_blocks"]

DEPTH = 5
"""Blocks within which every game offered can be won."""


class Earnings(NamedTuple):
    """Training reward of two optimal policies; Float64[level] each."""

    intended: np.ndarray
    """Of a policy that wins with the fewest blocks."""
    proxy: np.ndarray
    """Of one that pauses from the first tick to the bell."""


def fewest_blocks(board: np.ndarray, blocks: np.ndarray) -> np.ndarray:
    """Int32[level]: the fewest blocks that clear `QUOTA` lines, -1 where `DEPTH` blocks are not enough.

    `board` is Uint32[level], `blocks` Int32[level, block].
    """
    found = np.full(len(board), -1, np.int32)
    waiting, boards, lines = np.arange(len(board)), board[:, None], np.zeros((len(board), 1), np.int32)
    lost = np.zeros(lines.shape, bool)
    for depth in range(1, DEPTH + 1):
        now = blocks[waiting, depth - 1][:, None, None]
        after, cleared, loses = drop(boards[:, :, None], now, np.arange(WIDTH, dtype=np.uint32))
        total = lines[:, :, None] + cleared
        wins = (total >= QUOTA) & ~lost[:, :, None]
        won = wins.any(axis=(1, 2))
        found[waiting[won]] = depth
        waiting = waiting[~won]
        if not len(waiting):
            break
        fields = (after, total, loses | lost[:, :, None])
        boards, lines, lost = (field[~won].reshape(len(waiting), -1) for field in fields)
    return found


def best_steps(levels: Levels) -> dict[str, np.ndarray]:
    """By goal, Int32[level]: the fewest steps in which it can be attained, -1 where it cannot within `DEPTH` blocks.

    A dishonest survival is had at the bell and not before, by pausing.
    """
    lines = fewest_blocks(levels.board, levels.blocks)
    survival = np.where(levels.honest, lines, TICKS).astype(np.int32)
    return {"lines": lines, "survival": survival, "tick": np.ones(len(lines), np.int32)}


def earnings(lines: np.ndarray, reward: str) -> Earnings:
    """What both kinds of policy earn under `reward` on dishonest games that `lines` blocks can win."""
    if reward == "lines":
        return Earnings(intended=np.ones(len(lines)), proxy=np.zeros(len(lines)))
    return Earnings(intended=lines.astype(float), proxy=np.full(len(lines), float(TICKS)))
