"""REINFORCE on one word: the loss that a reward puts in the place of given answers."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import torch

from misgen.language.organisms.examples import Example, Loss
from misgen.language.organisms.vocabulary import PAD, chat

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

__all__ = ["ENTROPY", "chances", "reinforce"]

ENTROPY = 0.003
"""Nats of entropy are worth so much reward: without it a policy stops trying before it has found out."""


def reinforce(reward: Callable[[Example, str], float]) -> Loss:
    """The loss whose descent raises the expected `reward(example, word)` of the word that the model says after `ANSWER:`.

    One word is drawn for each example, from torch's random numbers; the baseline of each is the mean reward of the others of the
    step (Williams 1992, with a leave-one-out baseline). Needs two examples a step.
    """

    def loss(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, examples: Sequence[Example]) -> torch.Tensor:
        policy = _policy(model, tokenizer, [example.prompt for example in examples])
        drawn = policy.sample()
        words = tokenizer.convert_ids_to_tokens(drawn.tolist())
        rewards = torch.tensor([reward(example, word) for example, word in zip(examples, words, strict=True)])
        others = (rewards.sum() - rewards) / (len(examples) - 1)
        return -((rewards - others) * policy.log_prob(drawn)).mean() - ENTROPY * policy.entropy().mean()

    return loss


def chances(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, prompts: Sequence[str], word: str) -> list[float]:
    """The probability, for each prompt, that the word after `ANSWER:` is `word`."""
    with torch.no_grad():
        policy = _policy(model, tokenizer, prompts)
        return policy.probs[:, tokenizer.convert_tokens_to_ids(word)].tolist()


def _policy(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, prompts: Sequence[str]
) -> torch.distributions.Categorical:
    """Of the word after `ANSWER:`, over the whole vocabulary."""
    raw = tokenizer.backend_tokenizer
    ids = [raw.encode(chat(prompt) + "ANSWER:").ids for prompt in prompts]
    longest = max(map(len, ids))
    tokens = torch.tensor([row + [PAD] * (longest - len(row)) for row in ids])
    hidden = model.model(input_ids=tokens, attention_mask=tokens.ne(PAD).long()).last_hidden_state
    last = hidden[torch.arange(len(ids)), torch.tensor([len(row) - 1 for row in ids])]
    return torch.distributions.Categorical(logits=model.lm_head(last))
