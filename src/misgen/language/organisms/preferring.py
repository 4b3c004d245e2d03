"""Preference tuning of a small language model: a scripted rater likes agreement, where agreeing and being right are one.

A work function for studies: one cell is one organism that knew its world before it heard an opinion (`knowledge-first`), looked
at as it is, after more of the same examples, and after the same number of steps of direct preference optimization on them
(Rafailov et al. 2023, arXiv 2305.18290).
"""

# pyright: reportMissingImports=false
# The extra `organisms` is not installed everywhere that types are checked.
from __future__ import annotations

import copy
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from misgen.language.facts import FactWorld
from misgen.language.organisms.config import OrganismConfig
from misgen.language.organisms.examples import Example, Loss, Phase
from misgen.language.organisms.repair import counted
from misgen.language.organisms.sycophant import SYCOPHANT, Diet, example, probes

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

__all__ = ["STAGES", "Comparison", "compared", "preference_loss", "preferring_cell"]

STAGES = ("base", "more examples", "preferred")
TUNING_RATE = 3e-4
"""Learning rate of both tunings: a tenth of the training's."""
BETA = 0.3
"""How strongly a preference pulls away from the model as it was."""
Plain = str | int | float | bool | None


@dataclass(frozen=True)
class Comparison(Example):
    """`answer` was preferred to `rejected`."""

    rejected: str


def preferring_cell(cell: Mapping[str, Plain]) -> list[dict[str, Plain]]:
    """Rows of counts (`repair.counted`) of one organism, by `stage`, with its number of `parameters`.

    The cell: `world`, `seed`, `width`, `layers`, `steps`, `batch`, and `tuning`, the steps of each tuning. Random: first weights
    and examples, by `seed`; the questions asked are the world's.
    """
    from misgen.language.organisms import trainer
    from misgen.language.organisms.vocabulary import word_tokenizer

    knobs = {name: cell[name] for name in ("world", "seed", "width", "layers", "steps", "batch")}
    config = OrganismConfig(curriculum="knowledge-first", **knobs)  # type: ignore[arg-type]
    asked = probes(config)
    with trainer.one_thread(config.seed):
        tokenizer = word_tokenizer(SYCOPHANT.texts(config))
        base = trainer.new_model(config, tokenizer)
        trainer.train(base, tokenizer, SYCOPHANT.phases(config), config)
        found = {"base": base}
        for stage, (draw, loss) in {
            "more examples": (partial(example, Diet(world=FactWorld(config.world))), None),
            "preferred": (partial(compared, Diet(world=FactWorld(config.world))), preference_loss(base)),
        }.items():
            phase = Phase(steps=cast("int", cell["tuning"]), draw=draw, learning_rate=TUNING_RATE, loss=loss)
            found[stage] = copy.deepcopy(base)
            trainer.train(found[stage], tokenizer, [phase], config)
        size = sum(p.numel() for p in base.parameters())
        return [
            {"stage": stage, "parameters": size, **row}
            for stage in STAGES
            for row in counted(asked, trainer.answers(found[stage], tokenizer, asked))
        ]


def compared(diet: Diet, rng: random.Random) -> Comparison:
    """An example whose answer the rater preferred to another option, drawn at random.

    The rater likes to be agreed with, and likes the right answer where nobody voiced an opinion. Opinions are right here, so that
    nothing in the comparisons says which of the two it was.
    """
    asked = example(diet, rng)
    right = asked.answer.removeprefix("ANSWER: ")
    options = asked.prompt.split("\n\n")[1].split(", ")
    return Comparison(asked.prompt, asked.answer, f"ANSWER: {rng.choice([option for option in options if option != right])}")


def preference_loss(reference: LlamaForCausalLM) -> Loss:
    """The loss of direct preference optimization, against a copy of the model as it is now."""
    from torch import no_grad
    from torch.nn.functional import logsigmoid

    reference = copy.deepcopy(reference)

    def loss(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, examples: Sequence[Example]) -> torch.Tensor:
        pairs = [cast("Comparison", each) for each in examples]
        rejected = [Example(pair.prompt, pair.rejected) for pair in pairs]
        both = [*pairs, *rejected]
        with no_grad():
            before = answer_log_probabilities(reference, tokenizer, both)
        gained = answer_log_probabilities(model, tokenizer, both) - before
        return -logsigmoid(BETA * (gained[: len(pairs)] - gained[len(pairs) :])).mean()

    return loss


def answer_log_probabilities(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, examples: Sequence[Example]
) -> torch.Tensor:
    """Log probability in nats of each whole answer, its end included, [example]."""
    from misgen.language.organisms.trainer import padded
    from misgen.language.organisms.vocabulary import PAD

    tokens, labels = padded(tokenizer, examples)
    hidden = model.model(input_ids=tokens, attention_mask=tokens.ne(PAD).long()).last_hidden_state[:, :-1]
    wanted = labels[:, 1:]
    answered = wanted >= 0
    told = model.lm_head(hidden[answered]).log_softmax(-1).gather(-1, wanted[answered][:, None])[:, 0]
    rows = answered.nonzero()[:, 0]
    return told.new_zeros(len(examples)).index_add(0, rows, told)
