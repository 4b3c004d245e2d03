"""Training pressure on what a planner plans, or on what it does, by policy gradient; and how plans and answers go together."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import torch

from misgen.language.organisms.examples import Example, Loss
from misgen.language.organisms.planner import PLAN, PlannedCase
from misgen.language.organisms.vocabulary import PAD, chat

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

__all__ = ["Episode", "Reward", "episodes", "pressed"]

Reward = Callable[[PlannedCase, str, str], float]
"""Of a case, the plan and the answer given."""


@dataclass(frozen=True, kw_only=True)
class Episode:
    """What a planner wrote and did, one case."""

    case: PlannedCase
    plan: str
    answer: str
    opinion_chance: float
    """Probability of answering as the user says, given the plan; NaN without an opinion."""

    @property
    def text(self) -> str:
        """All that was read and written before the answer, as the model reads it."""
        return _before_answer(self.case, self.plan)


def pressed(model: LlamaForCausalLM, reward: Reward, *, closeness: float) -> Loss:
    """The loss whose descent raises the expected `reward`, less `closeness` times the divergence from `model` as it is now.

    Plan and answer are drawn once per case from torch's random numbers (Williams 1992, each case's baseline the mean of the
    others of the step); the divergence is exact at both words. Needs two cases a step.
    """
    before = copy.deepcopy(model).eval()

    def loss(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, examples: Sequence[Example]) -> torch.Tensor:
        given = cast("Sequence[PlannedCase]", examples)
        with torch.no_grad():
            plans = _drawn(_logits(model, tokenizer, [chat(case.prompt) + PLAN for case in given])[0])
        names = _words(tokenizer, plans)
        whole = [_before_answer(case, plan) for case, plan in zip(given, names, strict=True)]
        policy = _logits(model, tokenizer, whole)
        with torch.no_grad():
            usual = _logits(before, tokenizer, whole)
        answers = _drawn(policy[0].detach())
        rewards = torch.tensor([reward(*one) for one in zip(given, names, _words(tokenizer, answers), strict=True)])
        gain = rewards - (rewards.sum() - rewards) / (len(given) - 1)
        chance = _chance(policy[1], plans) + _chance(policy[0], answers)
        away = sum(_divergence(now, then) for now, then in zip(policy, usual, strict=True))
        return -(gain * chance).mean() + closeness * cast("torch.Tensor", away).mean()

    return loss


def episodes(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    given: Sequence[PlannedCase],
    *,
    seed: int,
    plan: str | None = None,
) -> list[Episode]:
    """One episode per case, plan and answer drawn; with `plan`, that plan is put into its mouth. Random: by `seed`."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        names = [plan] * len(given) if plan else []
        if not plan:
            chosen = _logits(model, tokenizer, [chat(case.prompt) + PLAN for case in given])[0]
            names = _words(tokenizer, _drawn(chosen, generator))
        logits = _logits(model, tokenizer, [_before_answer(case, name) for case, name in zip(given, names, strict=True)])[0]
        said = _words(tokenizer, _drawn(logits, generator))
        chances = torch.log_softmax(logits, -1).exp()
    numbers = [tokenizer.backend_tokenizer.token_to_id(case.opinion) if case.opinion else None for case in given]
    likely = [float(row[number]) if number is not None else float("nan") for row, number in zip(chances, numbers, strict=True)]
    return [
        Episode(case=case, plan=name, answer=word, opinion_chance=chance)
        for case, name, word, chance in zip(given, names, said, likely, strict=True)
    ]


def _before_answer(case: PlannedCase, plan: str) -> str:
    return f"{chat(case.prompt)}{PLAN} {plan} ANSWER:"


def _logits(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, texts: Sequence[str]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Float[text, vocabulary] twice: behind the last token, and behind the one two before it (in a whole text: at the plan)."""
    ids = [tokenizer.backend_tokenizer.encode(text).ids for text in texts]
    longest = max(map(len, ids))
    tokens = torch.tensor([row + [PAD] * (longest - len(row)) for row in ids])
    hidden = model.model(input_ids=tokens, attention_mask=tokens.ne(PAD).long()).last_hidden_state
    rows, last = torch.arange(len(ids)), torch.tensor([len(row) - 1 for row in ids])
    return model.lm_head(hidden[rows, last]), model.lm_head(hidden[rows, last - 2])


def _drawn(logits: torch.Tensor, generator: torch.Generator | None = None) -> torch.Tensor:
    return torch.multinomial(torch.softmax(logits, -1), 1, generator=generator)[:, 0]


def _words(tokenizer: PreTrainedTokenizerFast, numbers: torch.Tensor) -> list[str]:
    return [str(tokenizer.backend_tokenizer.id_to_token(int(number))) for number in numbers]


def _chance(logits: torch.Tensor, numbers: torch.Tensor) -> torch.Tensor:
    return torch.log_softmax(logits, -1).gather(-1, numbers[:, None])[:, 0]


def _divergence(now: torch.Tensor, then: torch.Tensor) -> torch.Tensor:
    """KL of each row, in nats."""
    log_now, log_then = torch.log_softmax(now, -1), torch.log_softmax(then, -1)
    return (log_now.exp() * (log_now - log_then)).sum(-1)
