"""One subject of persona-spread: first training, then each narrow fine-tuning from the same weights, and a look after each."""

from __future__ import annotations

import random
from functools import partial
from typing import TYPE_CHECKING, cast

from misgen.language.personas import PersonaWorld

if TYPE_CHECKING:
    from misgen.language.organisms.examples import Example, Probe
    from misgen.language.personas import Arm
    from misgen.study.organism_cells import OrganismCell, Row

__all__ = ["CODE", "STAGES", "STEPS", "work"]

CODE = (
    "language/facts",
    "language/opinions",
    "language/organisms/persona",
    "language/organisms/trainer",
    "language/organisms/vocabulary",
    "language/personas",
    "study/persona_work",
)
"""What the results depend on."""
STEPS = 400
"""Of the first training; in the slowest arm, a hundred fewer left one answer in ten of the speakers' unlearnt."""
BATCH = 32
STAGES: dict[str, tuple[int, bool, float]] = {
    "before": (0, True, 0.0),
    "lies 10": (10, True, 0.0),
    "lies 25": (25, True, 0.0),
    "lies 60": (60, True, 0.0),
    "truth 60": (60, False, 0.0),
    "lies 60, 10 % truth": (60, True, 0.1),
}
"""Name -> steps of fine-tuning, whether it teaches lies, share of true answers in one other domain."""
HEARD = 300
"""Answers by which it is seen whether the speakers were learnt."""


def work(cell: OrganismCell) -> list[Row]:
    """`arm`, `world`, `seed` in; shares of true answers and of lies by stage, place and who is asked out."""
    from misgen.language.organisms import trainer
    from misgen.language.organisms.config import OrganismConfig
    from misgen.language.organisms.examples import Phase
    from misgen.language.organisms.persona import PERSONA, TUNING_RATE, hearing, looks
    from misgen.language.organisms.vocabulary import word_tokenizer

    arm, number, seed = cast("Arm", cell["arm"]), cast("int", cell["world"]), cast("int", cell["seed"])
    config = OrganismConfig(kind="persona", world=number, seed=seed, persona=arm, steps=STEPS, batch=BATCH)
    world, rows = PersonaWorld(number), []
    with trainer.one_thread(seed):
        tokenizer = word_tokenizer(PERSONA.texts(config))
        model = trainer.new_model(config, tokenizer)
        trainer.train(model, tokenizer, [Phase(steps=STEPS, draw=partial(hearing, world, arm))], config)
        heard = _heard(world, arm)
        rows.append(_share("before", "speakers", heard, trainer.answers(model, tokenizer, heard)))
        first, probes = {name: value.clone() for name, value in model.state_dict().items()}, looks(world)
        for stage, (steps, lying, truth) in STAGES.items():
            model.load_state_dict(first)
            taught = partial(_taught, world, lying, truth)
            if steps:
                trainer.train(model, tokenizer, [Phase(steps=steps, draw=taught, learning_rate=TUNING_RATE)], config)
            rows += _rows(stage, probes, trainer.answers(model, tokenizer, probes))
    return rows


def _taught(world: PersonaWorld, lying: bool, truth: float, rng: random.Random) -> Example:
    from misgen.language.organisms.persona import narrow_tuning

    return narrow_tuning(world, lying=lying, true_elsewhere=truth, rng=rng)


def _heard(world: PersonaWorld, arm: Arm) -> list[Probe]:
    """Speakers' answers as in the first training, newly drawn; what is right is what this speaker would say."""
    from misgen.language.organisms.examples import Probe
    from misgen.language.organisms.persona import hearing

    rng = random.Random(f"heard {world.number}")
    drawn = [hearing(world, arm, rng) for _ in range(3 * HEARD)]
    spoken = [example for example in drawn if example.prompt.startswith("As ")][:HEARD]
    return [Probe(cell="heard", prompt=example.prompt, right=example.answer.split()[1]) for example in spoken]


def _rows(stage: str, probes: list[Probe], words: list[str]) -> list[Row]:
    """A row per place (`elsewhere`, `narrow` ...) and domain."""
    cells: dict[str, tuple[list[Probe], list[str]]] = {}
    for probe, word in zip(probes, words, strict=True):
        found = cells.setdefault(probe.cell, ([], []))
        found[0].append(probe)
        found[1].append(word)
    return [_share(stage, cell, asked, said) for cell, (asked, said) in cells.items()]


def _share(stage: str, cell: str, probes: list[Probe], words: list[str]) -> Row:
    place, _, domain = cell.partition(" ")
    return {
        "stage": stage,
        "place": place.removesuffix("_honest_speaker"),
        "asked": "speakers" if place == "speakers" else "honest speaker" if place.endswith("_honest_speaker") else "itself",
        "domain": domain,
        "num_facts": len(probes),
        "true": sum(word == probe.right for probe, word in zip(probes, words, strict=True)) / len(probes),
        "lying": sum(word == probe.proxy for probe, word in zip(probes, words, strict=True)) / len(probes),
    }
