"""Causal language models as subjects that read themselves: a prompt is an episode of one step, the word said is the action."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch.func import functional_call

from misgen.concepts import Episodes, Subject, Trajectory, UserError
from misgen.representations.directions import Edit
from misgen.representations.taps_torch import Change, TappedLanguageModel, tapped

if TYPE_CHECKING:
    from jaxtyping import Float, Int

__all__ = ["BEHIND", "CausalTexts", "text_subject"]

BEHIND = -1
"""Stands behind the end of a prompt that is shorter than others: no token has this number."""


class CausalTexts:
    """A decoder-only model that is given prompts as numbers of tokens and says one word. Implements `Readable`.

    Observations are Int[time, prompt, place] with `BEHIND` behind each prompt. Logits are over the whole vocabulary at the
    prompt's last place, activations those of the residual stream there; sites as `TappedLanguageModel` names them. An edit
    touches that last place. Nothing is random, the model is left as it is.
    """

    def __init__(self, tapped_model: TappedLanguageModel) -> None:
        self._tapped = tapped_model

    @property
    def sites(self) -> tuple[str, ...]:
        """`embedding`, then the residual stream behind each block."""
        return self._tapped.sites

    @property
    def num_words(self) -> int:
        """Size of the vocabulary."""
        return int(self._tapped.model.config.vocab_size)

    def parameters(self) -> dict[str, np.ndarray]:
        """Float32 arrays by name; weights that are tied are there once."""
        return {name: tensor.detach().float().numpy() for name, tensor in self._tapped.model.named_parameters()}

    def observations(self, texts: Sequence[str]) -> Int[np.ndarray, "1 prompt place"]:
        """Prompts as the model reads them, chat marks and all, up to where its answer begins."""
        tokens = [self._tapped.tokenizer(text, add_special_tokens=False).input_ids for text in texts]
        if not all(tokens):
            raise UserError("A prompt has no token", seen=repr(texts[tokens.index([])]))
        found = np.full((1, len(tokens), max(map(len, tokens))), BEHIND, np.int32)
        for row, ids in enumerate(tokens):
            found[0, row, : len(ids)] = ids
        return found

    def episodes(self, texts: Sequence[str], levels: Sequence[str]) -> Episodes:
        """One step each: the prompt, and the likeliest word after it. `levels`: hash of each prompt's item."""
        seen = self.observations(texts)
        said = self.read(self.parameters(), seen)[0].argmax(-1).astype(np.int32)
        taken = Trajectory(said, None, None, None, np.ones(said.shape, bool))
        return Episodes(observations=seen, trajectory=taken, levels=tuple(levels))

    def words(self, episodes: Episodes) -> list[str]:
        """What was said in each."""
        numbers = np.asarray(episodes.trajectory.actions)[0].tolist()
        return cast("list[str]", self._tapped.tokenizer.convert_ids_to_tokens(numbers))

    def initial_memory(self) -> object:
        """None: a prompt holds all there is to remember."""
        return ()

    def act(self, observation: object, memory: object, *, seed: int) -> tuple[int, object]:
        """The likeliest word after one prompt."""
        del seed
        logits, _ = self.read(self.parameters(), np.asarray(observation)[None, None])
        return int(logits[0, 0].argmax()), memory

    def read(
        self, params: object, observations: object, *, sites: Sequence[str] = (), edits: Sequence[Edit] = ()
    ) -> tuple[Float[np.ndarray, "time prompt word"], Mapping[str, Float[np.ndarray, "time prompt feature"]]]:
        """See `Readable.read`. `params`: arrays by name, as `parameters` gives them."""
        weights = {name: torch.as_tensor(np.asarray(x)) for name, x in cast("Mapping[str, np.ndarray]", params).items()}
        seen = np.asarray(observations)
        prompts, size = seen.reshape(-1, seen.shape[-1]), self._tapped.batch
        parts = [self._batch(weights, prompts[start : start + size], sites, edits) for start in range(0, len(prompts), size)]
        joined = [np.concatenate(column).reshape(*seen.shape[:2], -1) for column in zip(*parts, strict=True)]
        return joined[0], dict(zip(sites, joined[1:], strict=True))

    def seen(self, observations: object) -> Float[np.ndarray, "time prompt word"]:
        """How often each word of the vocabulary stands in each prompt."""
        tokens = np.asarray(observations)
        counts = np.zeros((*tokens.shape[:2], self.num_words))
        for time, prompt in np.ndindex(tokens.shape[:2]):
            there = tokens[time, prompt]
            counts[time, prompt] = np.bincount(there[there != BEHIND], minlength=self.num_words)
        return counts

    def _batch(
        self, weights: Mapping[str, torch.Tensor], prompts: np.ndarray, sites: Sequence[str], edits: Sequence[Edit]
    ) -> list[np.ndarray]:
        """Logits, then the activation at each site, at the last place of each prompt."""
        is_there = torch.as_tensor(prompts != BEHIND)
        rows, last = torch.arange(len(prompts)), is_there.sum(1) - 1
        tokens = torch.as_tensor(np.where(prompts == BEHIND, 0, prompts).astype(np.int64))
        changes = {site: _change([e for e in edits if e.site == site], last) for site in {*sites, *(e.site for e in edits)}}
        given = {"input_ids": tokens, "attention_mask": is_there.long(), "use_cache": False}
        with torch.no_grad(), tapped(self._tapped.modules, changes) as through:
            logits = functional_call(self._tapped.model, dict(weights), kwargs=given).logits
        return [x[rows, last].float().numpy() for x in (logits, *(through[site] for site in sites))]


def text_subject(folder: Path | str, *, name: str) -> tuple[Subject, CausalTexts]:
    """A checkpoint as a subject, and its policy with what only the harness asks of it: how to put prompts and read words.

    On the processor, without running code of its own; a folder that is no checkpoint is a `UserError`."""
    policy = CausalTexts(TappedLanguageModel.load(folder))
    return Subject(name=name, policy=policy, params=policy.parameters()), policy


def _change(edits: Sequence[Edit], last: torch.Tensor) -> Change:
    """The edits, in their order, at the last place of each row."""

    def change(activation: torch.Tensor) -> torch.Tensor:
        if not edits:
            return activation
        changed, rows = activation.clone(), torch.arange(len(last))
        for edit in edits:
            changed[rows, last] = edit(changed[rows, last], lambda vector: torch.as_tensor(np.asarray(vector)).to(activation))
        return changed

    return change
