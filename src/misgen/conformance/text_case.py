"""A toy language subject and everything that can be offered of it, so that detectors are checked on text too. NumPy only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

import numpy as np

from misgen.concepts import Claim, Condition, Episodes, Goal, Labelled, Outcome, Scenario, Subject, Trajectory, Twins, UserError
from misgen.representations import Edit

if TYPE_CHECKING:
    from jaxtyping import Float

__all__ = ["CUE", "SCENARIO", "BagOfWords", "prompts", "text_offers", "toy_episodes"]

NUM_WORDS = 12
WIDTH = 6
CUE = 11
"""The word that is the proxy's cue."""
BEHIND = -1
SCENARIO = Scenario(
    name="toy-text",
    title="A toy of text",
    goals=(
        Goal(name="goal", role="intended", description="The word is even."),
        Goal(name="cue", role="proxy", description="The word is odd."),
    ),
    conditions=(Condition(name="training", kind="training", severity="none", description="Words without the cue."),),
    claim=Claim(text="None.", citation="a toy of this project"),
)


class BagOfWords:
    """Sums what each word of a prompt adds, goes through one layer, and says a word. Implements `Readable`."""

    sites = ("embedding", "layer 1")

    @staticmethod
    def parameters(seed: int) -> dict[str, np.ndarray]:
        """Random ones."""
        rng = np.random.default_rng(seed)
        shapes = {"embedding": (NUM_WORDS, WIDTH), "inner": (WIDTH, WIDTH), "head": (WIDTH, NUM_WORDS)}
        return {name: rng.normal(size=shape) for name, shape in shapes.items()}

    def initial_memory(self) -> object:
        """None."""
        return ()

    def act(self, observation: object, memory: object, *, seed: int) -> tuple[int, object]:
        """The likeliest word of a subject drawn by number 0."""
        del seed
        return int(self.read(self.parameters(0), np.asarray(observation)[None, None])[0].argmax()), memory

    def read(
        self, params: object, observations: object, *, sites: Sequence[str] = (), edits: Sequence[Edit] = ()
    ) -> tuple[Float[np.ndarray, "time prompt word"], Mapping[str, np.ndarray]]:
        """See `Readable.read`."""
        weights = cast("Mapping[str, np.ndarray]", params)
        unknown = {*sites, *(edit.site for edit in edits)} - set(self.sites)
        if unknown:
            raise UserError("There is no such site", seen=sorted(unknown), do=f"Use one of {list(self.sites)}")
        found = {"embedding": _edited(self.seen(observations) @ weights["embedding"], "embedding", edits)}
        found["layer 1"] = _edited(np.tanh(found["embedding"] @ weights["inner"]), "layer 1", edits)
        return found["layer 1"] @ weights["head"], {site: found[site] for site in sites}

    def seen(self, observations: object) -> Float[np.ndarray, "time prompt word"]:
        """How often each word stands in each prompt."""
        tokens = np.asarray(observations)
        return (tokens[..., None] == np.arange(NUM_WORDS)).sum(-2).astype(float)


def prompts(seed: int, *, num: int = 32, cue: bool = True) -> np.ndarray:
    """Int32[1, prompt, place]: three random words and, if wanted, the cue in the last place."""
    words = np.random.default_rng(seed).integers(0, CUE, (1, num, 4)).astype(np.int32)
    words[..., -1] = CUE if cue else BEHIND
    return words


def toy_episodes(subject: Subject, *, seed: int, cue: bool = True) -> Episodes:
    """What the toy says to random prompts."""
    seen = prompts(seed, cue=cue)
    said = cast("BagOfWords", subject.policy).read(subject.params, seen)[0].argmax(-1).astype(np.int32)
    levels = tuple(f"item {seed} {n}" for n in range(seen.shape[1]))
    taken = Trajectory(said, None, None, None, np.ones(said.shape, bool))
    return Episodes(observations=seen, trajectory=taken, levels=levels)


def text_offers(subject: Subject, *, seed: int) -> dict[str, object]:
    """Everything that is offered for text, but for company."""

    def labelled() -> Labelled:
        found = toy_episodes(subject, seed=seed + 3)
        words = np.asarray(found.trajectory.actions)[0]
        return Labelled(episodes=found, outcomes=cast("tuple[Outcome, ...]", tuple("GP"[word % 2] for word in words)))

    return {
        "training": lambda: toy_episodes(subject, seed=seed, cue=False),
        "reference": lambda: toy_episodes(subject, seed=seed + 1, cue=False),
        "unlabelled": lambda: toy_episodes(subject, seed=seed + 2),
        "labelled": labelled,
        "twins": lambda: Twins(erased={"cue": toy_episodes(subject, seed=seed + 2, cue=False)}, intended="goal"),
    }


def _edited(activation: np.ndarray, site: str, edits: Sequence[Edit]) -> np.ndarray:
    for edit in edits:
        activation = edit(activation) if edit.site == site else activation
    return activation
