"""A Gymnasium environment for tests: a strip of nine cells, a flag at one end; observation is (place, flag's side)."""

from __future__ import annotations

import gymnasium
import numpy as np

START = 4


class Strip(gymnasium.Env):
    """Walk left (0) or right (1). Ends at either end; `flag_left` puts the flag on the left. Starts vary a little by the seed."""

    metadata = {"render_modes": ["rgb_array"], "render_fps": 6}  # noqa: RUF012

    def __init__(self, *, flag_left=False, render_mode=None):
        self.observation_space = gymnasium.spaces.Box(-1, 1000, (3,), np.float32)
        self.action_space = gymnasium.spaces.Discrete(2)
        self.flag_left, self.render_mode = flag_left, render_mode

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.place, self.mark = START, int(self.np_random.integers(1000))
        return self._seen(), {}

    def step(self, action):
        self.place += 1 if action == 1 else -1
        at_flag = self.place == (0 if self.flag_left else 8)
        return self._seen(), float(at_flag), self.place in (0, 8), False, {"flag": at_flag, "right": self.place == 8}

    def render(self):
        picture = np.full((16, 9 * 16, 3), 255, np.uint8)
        picture[:, self.place * 16 : self.place * 16 + 16] = 0
        return picture

    def _seen(self):
        return np.array([self.place, -1 if self.flag_left else 1, self.mark], np.float32)


def seeker(observation, seed):
    """Goes to the flag's side; where that is hidden, it walks at random."""
    return seed % 2 if observation[1] == 0 else int(observation[1] > 0)


def runner(observation):
    return 1


def hide(observation):
    observation[1] = 0
    return observation


GOALS = {"flag": {"role": "intended", "attained": "flag", "erase": hide}, "right": ("proxy", "right")}
CONDITIONS = {
    "training": "training",
    "moved": ("distinguishing", {"flag_left": True}),
    "moved_control": "control",
}
