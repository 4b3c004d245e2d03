"""Stands for the server in tests of what may go wrong with it. Takes its misbehaviour as first argument."""

import importlib.util
import os
import sys
import time
from pathlib import Path

import numpy as np

SERVER = Path(__file__).parents[3] / "src" / "misgen" / "worlds" / "procgen" / "server.py"
STATES = Path(__file__).with_name("states")
spec = importlib.util.spec_from_file_location("server", SERVER)
server = importlib.util.module_from_spec(spec)
spec.loader.exec_module(server)
behaviour = sys.argv[1]


class FakeGame:
    """One level of coinrun that never ends, unless it was told to misbehave."""

    def __init__(self, game, distribution_mode, num, options):
        import gzip

        self.num = num
        self.states = [gzip.decompress((STATES / f"{game}.state.gz").read_bytes())] * num
        if behaviour == "slow to make":
            time.sleep(60)

    def get(self, index):
        return self.states[index]

    def set(self, index, state):
        if behaviour == "aborts":
            sys.stderr.write("fatal: assertion failed: buffer is whole\n")
            sys.stderr.flush()
            os.abort()
        self.states[index] = state

    def start(self, seed):
        return self.states[0]

    def outcome(self, frames):
        zeros = np.zeros(self.num, np.int32)
        names = ("level_seed", "prev_level_seed", "prev_level_complete")
        arrays = {"rewards": np.zeros(self.num, np.float32), "firsts": np.zeros(self.num, bool), **dict.fromkeys(names, zeros)}
        return {**arrays, "frames": np.zeros((self.num, 64, 64, 3), np.uint8)} if frames else arrays

    def act(self, actions, watched, repeat, frames):
        if behaviour == "hangs":
            time.sleep(60)
        if behaviour == "babbles":
            os.write(1, b"I am no message at all, I am a line of text\n")
            time.sleep(60)
        if behaviour == "exits":
            sys.exit(3)
        if behaviour == "raises":
            raise ValueError("no such thing")
        return {**self.outcome(frames), "steps": np.full(self.num, repeat, np.int32), "reached": np.zeros(self.num, np.int32)}

    look = server.Game.look


server.Game = FakeGame
server.version = lambda name: "fake"
server.Server.hello = lambda self, request, arrays: ({"procgen": "fake"}, {})
if behaviour == "says nothing":
    time.sleep(60)
if behaviour == "is not there":
    sys.exit("ModuleNotFoundError: No module named 'procgen'")
server.serve(sys.stdin.buffer, sys.stdout.buffer)
