"""Training by level replay: the engine under PLR-perp and ACCEL.

The learner is the house's own. Only where episodes begin, and from which rollouts it learns, is different. A cycle is GENERATE
(levels drawn from the pool; played and scored, not learnt from), REPLAY (levels drawn from the buffer; played, learnt from and
scored again) or, after a replay, SCOUT (children of the replayed levels; played and scored, not learnt from). Each has
environments of its own, so that every episode lies in one of them whole. Every cycle costs the same environment steps, and all of
them count towards the budget.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, cast

import jax
import jax.numpy as jnp
import numpy as np

from misgen.concepts import Case, Made, Spent, Subject, UserError, World
from misgen.mitigations.buffer import Buffer, ReplayConfig
from misgen.training.networks import Shapes
from misgen.training.noise import LEVEL, RESET, episode_words, mix, uniform, world_key
from misgen.training.ppo import Learner, PPOConfig, Running, TrainState
from misgen.training.rollout import observation_shape
from misgen.training.samplers import Played
from misgen.training.slots import resolve_parts

if TYPE_CHECKING:
    from jaxtyping import Array, Float, Int32

__all__ = ["Children", "Editor", "Weighted", "train_by_replay"]

DISCOUNT = 0.99
"""Of returns in scores; the learner's own."""
NUM_CHILDREN = 128
"""Children per scouting rollout: one per environment to begin with."""
PATIENCE = 4
"""Scouting rollouts after which a child that no episode has ended in is given up; more than the longest episode lasts."""


class Children(NamedTuple):
    """Levels made from others; all arrays have the axis `level` first."""

    levels: object
    best_steps: np.ndarray
    diverse: np.ndarray


Editor = Callable[[object, np.random.Generator], Children]
"""Parents (a pytree of NumPy arrays) and a source of chance -> sound children, at most as many."""


class Record(NamedTuple):
    """What a rollout tells the buffer, time-major."""

    level: Array | np.ndarray
    rewards: Array | np.ndarray
    alive: Array | np.ndarray
    ended: Array | np.ndarray


class WeightedState(NamedTuple):
    """A distribution over slots as cumulative chances, and the last rollout under it."""

    cumulative: Float[Array, "slot"]
    last: Record


@dataclass(frozen=True)
class Weighted:
    """Draws levels by given chances and remembers what was played. Implements `LevelSampler`."""

    num_slots: int
    unroll: int
    num_envs: int

    def initial(self, num_levels: int) -> WeightedState:
        """The first `num_levels` slots with equal chance."""
        shape = (self.unroll, self.num_envs)
        flags = jnp.zeros(shape, bool)
        cumulative = jnp.minimum(jnp.arange(1, self.num_slots + 1) / num_levels, 1.0).astype(jnp.float32)
        return WeightedState(cumulative, Record(jnp.zeros(shape, jnp.int32), jnp.zeros(shape), flags, flags))

    def sample(self, state: object, uniform: Float[Array, "env"]) -> Int32[Array, "env"]:
        """Inverse cumulative distribution."""
        cumulative = cast(WeightedState, state).cumulative
        found = jnp.searchsorted(cumulative, uniform * cumulative[-1], side="right")
        return jnp.minimum(found, self.num_slots - 1).astype(jnp.int32)

    def update(self, state: object, played: Played) -> WeightedState:
        """The chances stay; the rollout is kept for the buffer."""
        cumulative = cast(WeightedState, state).cumulative
        return WeightedState(cumulative, Record(played.level, played.rewards, played.alive, played.ended))


def train_by_replay(case: Case, config: ReplayConfig, *, editor: Editor | None = None) -> Made:
    """One subject. Random: everything, from the case's seed alone. Fails with a `UserError` where a score needs a solver."""
    return _Run(case, config, editor).complete()


class _Run:
    """The state of one training between cycles."""

    def __init__(self, case: Case, config: ReplayConfig, editor: Editor | None) -> None:
        self.case, self.config, self.editor = case, config, editor
        spare = config.capacity + (PATIENCE + 2) * NUM_CHILDREN if editor else 0
        self.pool_size = len(case.pool)
        self.buffer = Buffer(config, _best_returns(case, config.scoring), num_spare=spare, seed=case.seed)
        self.levels = jax.tree.map(lambda x: np.concatenate([x, np.repeat(x[:1], spare, axis=0)]), case.pool.levels)
        self.diverse = np.concatenate([case.pool.diverse, np.zeros(spare, bool)])
        self.random = np.random.default_rng((case.seed, 0x5EED))
        self.learner, self.code = _compiled(case, self.levels, self.pool_size + spare)
        self.on_device = jax.tree.map(jnp.asarray, self.levels)
        self.state = self._initial()
        self.environments: dict[str, tuple[Running, np.ndarray]] = {}
        self.waiting: dict[int, int] = {}
        """Children in no buffer yet -> the scouting rollout they came in."""
        self.labels: set[bytes] = set()
        self.counts = {"generate": 0, "replay": 0, "scout": 0, "replayed": 0, "replayed_diverse": 0, "children": 0}

    def complete(self) -> Made:
        """All cycles of the budget."""
        config = self.learner.config
        spent = 0
        while spent < config.num_updates:
            replays = self.buffer.ready and self.random.random() < self.config.replay
            slots = self._cycle("replay" if replays else "generate", self._chances(replays, spent), spent)
            spent += 1
            if replays and self.editor is not None and spent < config.num_updates:
                spent += self._scout(slots, spent)
        return self._made(spent)

    def _chances(self, replays: bool, number: int) -> np.ndarray:
        if replays:
            return self.buffer.replay_chances(now=number)
        return np.concatenate([np.ones(self.pool_size), np.zeros(len(self.buffer.held) - self.pool_size)])

    def _cycle(self, mode: str, chances: np.ndarray, number: int) -> np.ndarray:
        """One rollout of `mode`; returns the slots of the episodes that ended in it."""
        learns = mode == "replay" or (mode == "generate" and self.config.learn_generated)
        cumulative = jnp.asarray(np.cumsum(chances / chances.sum()), jnp.float32)
        sampler = cast(WeightedState, self.state.sampler)._replace(cumulative=cumulative)
        state = self.state._replace(sampler=sampler, updates=jnp.asarray(number, jnp.int32))
        running, clock = self.environments.get(mode) or (self._fresh(state), np.zeros(self.learner.config.num_envs, np.int64))
        state = state._replace(running=running)
        state = (self.code.update if learns else self.code.play)(state, self.on_device)
        record = Record(*(np.asarray(x) for x in cast(WeightedState, state.sampler).last))
        slots, returns, clock = _episodes(record, clock)
        self.environments[mode] = (state.running, clock)
        self.state = state
        self.counts[mode] += 1
        self._count(record, learns=learns)
        known = (slots < self.pool_size) | self.buffer.held[slots] | np.isin(slots, list(self.waiting))
        if known.any():  # an episode may end in a level that has been given up meanwhile
            self._keep(self.buffer.note(slots[known], returns[known], now=number))
        return slots[known]

    def _count(self, record: Record, *, learns: bool) -> None:
        """A diverse level counts as labelled once it is played at all: its score rests on its reward."""
        played = np.asarray(record.level)[np.asarray(record.alive)]
        diverse = played[self.diverse[played]]
        if learns:
            self.counts["replayed"] += played.size
            self.counts["replayed_diverse"] += diverse.size
        for slot in np.unique(diverse):
            self.labels.add(b"".join(np.asarray(x[slot]).tobytes() for x in jax.tree.leaves(self.levels)))

    def _keep(self, played: np.ndarray) -> None:
        for slot in self.buffer.insert(played):
            if slot >= self.pool_size:
                self.waiting.pop(int(slot), None)
                self.buffer.give_back(np.array([slot]))
        for slot in played:
            self.waiting.pop(int(slot), None)

    def _scout(self, replayed: np.ndarray, number: int) -> int:
        """Make children of levels just replayed and play them; returns the rollouts spent."""
        assert self.editor is not None
        self._give_up()
        if not len(replayed):
            return 0
        parents = self.random.choice(replayed, NUM_CHILDREN)
        children = self.editor(jax.tree.map(lambda x: x[parents], self.levels), self.random)
        slots = self.buffer.take_slots(len(children.best_steps))
        if not len(slots):
            return 0
        _put(self.levels, slots, children.levels)
        self.diverse[slots] = children.diverse[: len(slots)]
        self.buffer.place(slots, _discounted(children.best_steps[: len(slots)]))
        self.waiting.update(dict.fromkeys(slots.tolist(), self.counts["scout"]))
        self.counts["children"] += len(slots)
        self.on_device = jax.tree.map(jnp.asarray, self.levels)
        chances = np.zeros(len(self.buffer.held))
        chances[slots] = 1.0
        self._cycle("scout", chances, number)
        return 1

    def _give_up(self) -> None:
        old = [slot for slot, since in self.waiting.items() if self.counts["scout"] - since >= PATIENCE]
        for slot in old:
            del self.waiting[slot]
        self.buffer.give_back(np.array(old, np.int64))

    def _initial(self) -> TrainState:
        seed = self.case.seed
        weights, word = jnp.asarray(self.learner.initial_weights(seed)), jnp.asarray(episode_words(seed, 1)[0])
        return self.code.initial(self.on_device, jnp.int32(self.pool_size), weights, word)

    def _fresh(self, state: TrainState) -> Running:
        return self.code.fresh(state, self.on_device)

    def _made(self, spent: int) -> Made:
        config, counts = self.learner.config, self.counts
        per_rollout = config.steps_per_update
        learns = counts["replay"] + (counts["generate"] if self.config.learn_generated else 0)
        notes = {f"rollouts_{mode}": float(counts[mode]) for mode in ("generate", "replay", "scout")}
        notes["replayed_diverse_share"] = counts["replayed_diverse"] / max(counts["replayed"], 1)
        notes["held_diverse"] = float(self.diverse[self.buffer.held].sum())
        notes["diverged"] = float(bool(self.state.diverged))
        return Made(
            subject=Subject(
                name=f"s{self.case.seed}",
                policy=self.learner.parts.policy,
                params=self.learner.unravel(self.state.weights),
            ),
            spent=Spent(
                env_steps=spent * per_rollout,
                learned_steps=learns * per_rollout * config.num_epochs,
                labels=len(self.labels),
            ),
            notes=notes,
        )


class _Code(NamedTuple):
    initial: Callable[..., TrainState]
    fresh: Callable[[TrainState, object], Running]
    update: Callable[[TrainState, object], TrainState]
    play: Callable[[TrainState, object], TrainState]


_CODE: dict[object, tuple[Learner, _Code]] = {}


def _compiled(case: Case, levels: object, num_slots: int) -> tuple[Learner, _Code]:
    """The learner with a sampler of our own, and its jitted parts, shared by seeds and arms of equal shapes."""
    world = case.scenario.world
    if not isinstance(world, World):
        raise UserError("Only a jittable world can be trained in", seen=case.scenario.name)
    key = (world, repr(case.recipe.algorithm), repr(sorted(case.recipe.slots.items())), num_slots)
    if key not in _CODE:
        config = PPOConfig.from_slot(case.recipe.algorithm)
        parts = resolve_parts(case.scenario, case.recipe, Shapes(observation_shape(world, levels), world.num_actions))
        parts = replace(parts, levels=Weighted(num_slots, config.unroll, config.num_envs))
        learner = Learner(world, parts, config, world.goals.index(case.scenario.intended.name))
        _CODE[key] = learner, _built(learner)
    return _CODE[key]


def _built(learner: Learner) -> _Code:
    def play(state: TrainState, levels: object) -> TrainState:
        running, rows, _ = learner._rollout(state, levels)  # the rollout of an update, without what is learnt from it
        record = Record(rows.states.level, rows.rewards, ~rows.padding, rows.terminated | rows.truncated)  # type: ignore[attr-defined]
        sampler = cast(WeightedState, state.sampler)._replace(last=record)
        return state._replace(running=running, sampler=sampler)

    def fresh(state: TrainState, levels: object) -> Running:
        begun = learner.initial(levels, jnp.int32(1), state.weights, state.word)
        envs = jnp.arange(learner.config.num_envs, dtype=jnp.uint32)
        words = mix(mix(envs, state.word), state.updates)
        level = learner.parts.levels.sample(state.sampler, uniform(mix(words, LEVEL)))
        states = jax.vmap(lambda n, w: learner.world.reset(levels, n, key=world_key(w)))(level, mix(words, RESET))
        return begun.running._replace(states=states)

    return _Code(
        jax.jit(learner.initial), jax.jit(fresh), jax.jit(lambda state, levels: learner.update(state, levels)[0]), jax.jit(play)
    )


def _episodes(record: Record, clock: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Slots and discounted returns of the episodes that ended, and the steps taken in those still running.

    The reward of the worlds here comes with an episode's last step, if at all, so that a return is one discounted reward.
    """
    slots, returns = [], []
    for level, reward, alive, ended in zip(*record, strict=True):
        slots.append(level[ended])
        returns.append(reward[ended] * DISCOUNT ** clock[ended])
        clock = np.where(ended | ~alive, 0, clock + 1)
    return np.concatenate(slots), np.concatenate(returns), clock


def _best_returns(case: Case, scoring: str) -> np.ndarray:
    """Per level, the solver's return; NaN throughout where there is none and nothing asks for it."""
    goal = case.scenario.intended.name
    if goal not in case.pool.best_steps:
        if scoring == "oracle":
            seen = f"best steps of {sorted(case.pool.best_steps)}"
            raise UserError(f"Oracle regret needs a solver for {goal!r}", seen=seen, do='Score with scoring="max"')
        return np.full(len(case.pool), np.nan)
    return _discounted(case.pool.best_steps[goal])


def _discounted(best_steps: np.ndarray) -> np.ndarray:
    """The solver's return: a reward of 1 at its last step."""
    return np.where(best_steps > 0, DISCOUNT ** (best_steps - 1.0), 0.0)


def _put(levels: object, slots: np.ndarray, children: object) -> None:
    for held, new in zip(jax.tree.leaves(levels), jax.tree.leaves(children), strict=True):
        held[slots] = new[: len(slots)]
