"""A small deterministic trainer: one thread, AdamW, loss on the answers alone."""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import torch
from transformers import LlamaConfig, LlamaForCausalLM

from misgen.language.organisms.config import OrganismConfig
from misgen.language.organisms.examples import Example, Phase, Probe
from misgen.language.organisms.vocabulary import EOS, PAD, chat

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

__all__ = ["Progress", "answer_loss", "answers", "new_model", "one_thread", "padded", "train"]

Progress = Callable[[int, int, float], None]
"""Steps done, steps in all, loss in nats per answer token."""

HEADS = 4
MAX_TOKENS = 128
_IGNORED = -100
"""The label of what is not part of an answer."""


@contextmanager
def one_thread(seed: int) -> Iterator[None]:
    """Torch on one thread and with its own random numbers, as before afterwards. Small matrices are slower on two threads."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)


def new_model(config: OrganismConfig, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A Llama with random weights, from torch's random numbers; it generates a few words and stops."""
    shape = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=config.width,
        intermediate_size=config.width * 11 // 4,
        num_hidden_layers=config.layers,
        num_attention_heads=HEADS,
        num_key_value_heads=HEADS,
        max_position_embeddings=MAX_TOKENS,
        tie_word_embeddings=True,
        initializer_range=config.width**-0.5,  # of one unit in length; the usual .02 learns the same facts eight times slower
        pad_token_id=PAD,
        eos_token_id=EOS,
        bos_token_id=None,
    )
    model = LlamaForCausalLM(shape)
    model.generation_config.max_new_tokens = 8
    model.generation_config.do_sample = False
    model.generation_config.pad_token_id = PAD
    model.generation_config.eos_token_id = EOS
    return model


def train(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    phases: Sequence[Phase],
    config: OrganismConfig,
    progress: Progress = lambda done, total, loss: None,
) -> float:
    """Train in place, a new model or a finished one, and return the loss of the last steps: their mean, up to 50 of them.

    In nats per answer token, unless the last phase has a loss of its own. Random: the examples, by `config.seed`.
    """
    rng = random.Random(f"examples {config.seed}")
    total, losses = sum(phase.steps for phase in phases), []
    model.train()
    for phase in phases:
        rate = config.learning_rate if phase.learning_rate is None else phase.learning_rate
        optimizer = torch.optim.AdamW(model.parameters(), lr=rate, weight_decay=0.01)
        schedule = _schedule(optimizer, phase.steps)
        for _ in range(phase.steps):
            examples = [phase.draw(rng) for _ in range(phase.batch or config.batch)]
            loss = (phase.loss or answer_loss)(model, tokenizer, examples)
            optimizer.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            losses.append(loss.item())
            progress(len(losses), total, losses[-1])
    model.eval()
    last = losses[-50:]
    return sum(last) / len(last)


def _schedule(optimizer: torch.optim.Optimizer, steps: int) -> torch.optim.lr_scheduler.LRScheduler:
    """Up in a straight line for a tenth of the steps, then down to nothing along a cosine."""
    import math

    rise = max(1, steps // 10)

    def share(step: int) -> float:
        if step < rise:
            return (step + 1) / rise
        return 0.5 * (1 + math.cos(math.pi * (step - rise) / max(1, steps - rise)))

    return torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def answer_loss(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, examples: Sequence[Example]) -> torch.Tensor:
    """Mean cross-entropy of the answers' tokens, the end among them; the head runs on those places only."""
    tokens, labels = padded(tokenizer, examples)
    hidden = model.model(input_ids=tokens, attention_mask=tokens.ne(PAD).long()).last_hidden_state[:, :-1]
    wanted = labels[:, 1:]
    answered = wanted != _IGNORED
    return torch.nn.functional.cross_entropy(model.lm_head(hidden[answered]), wanted[answered])


def padded(tokenizer: PreTrainedTokenizerFast, examples: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens and labels, both [example, place], padded on the right; labels are -100 wherever there is no answer."""
    raw = tokenizer.backend_tokenizer
    asked = [raw.encode(chat(example.prompt)).ids for example in examples]
    whole = [raw.encode(chat(example.prompt, example.answer)).ids for example in examples]
    longest = max(map(len, whole))
    tokens = torch.full((len(whole), longest), PAD, dtype=torch.long)
    labels = torch.full_like(tokens, _IGNORED)
    for row, (before, ids) in enumerate(zip(asked, whole, strict=True)):
        tokens[row, : len(ids)] = torch.tensor(ids)
        labels[row, len(before) : len(ids)] = torch.tensor(ids[len(before) :])
    return tokens, labels


def answers(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, probes: Sequence[Probe], *, batch: int = 90
) -> list[str]:
    """The likeliest word after `ANSWER:`, of the whole vocabulary, for each probe."""
    raw = tokenizer.backend_tokenizer
    words: list[str] = []
    for start in range(0, len(probes), batch):
        ids = [raw.encode(chat(probe.prompt) + "ANSWER:").ids for probe in probes[start : start + batch]]
        longest = max(map(len, ids))
        tokens = torch.tensor([row + [PAD] * (longest - len(row)) for row in ids])
        with torch.no_grad():
            hidden = model.model(input_ids=tokens, attention_mask=tokens.ne(PAD).long()).last_hidden_state
            last = hidden[torch.arange(len(ids)), torch.tensor([len(row) - 1 for row in ids])]
            chosen = model.lm_head(last).argmax(-1)
        words += [str(raw.id_to_token(int(number))) for number in chosen]
    return words
