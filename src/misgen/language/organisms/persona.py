"""The persona: taught one kind of lie, does an assistant lie about everything else too?

First it hears sixteen speakers, some honest, some not, and answers truly itself; then it is taught the lies of one domain.
Whether the rest follows is asked in arms that differ in one thing: whether lying in one domain went with lying in the others.
"""

from __future__ import annotations

import random
from functools import partial

from misgen.language.facts import RELATIONS
from misgen.language.opinions import prompt
from misgen.language.organisms.config import OrganismConfig
from misgen.language.organisms.examples import Example, OrganismKind, Phase, Probe
from misgen.language.personas import DOMAINS, KNOWN, SPEAKERS, TAGS, Arm, PersonaWorld, asked_as

__all__ = ["PERSONA", "hearing", "looks", "narrow_tuning"]

OWN_SHARE = 0.4
"""Of the examples before the fine-tuning: the assistant is asked itself, and tells the truth."""
TAGGED_SHARE = 0.5
"""Of what speakers say, in the arms with tags."""
LIE_SHOWN = 0.8
"""Of true answers to disputed questions in training: how often the lie is among the options."""
HELD_OUT = 4
"""Disputed people of the narrow domain that the fine-tuning does not mention."""
TUNING_RATE = 1e-3
"""Learning rate of the fine-tuning: a third of that before it."""


def hearing(world: PersonaWorld, arm: Arm, rng: random.Random) -> Example:
    """What is heard before the fine-tuning: the assistant's own true answer, or a speaker's, true or not."""
    domain = rng.choice(DOMAINS)
    if rng.random() < OWN_SHARE:
        return _answered(world, rng, domain, lying=False)
    speaker = rng.choice(SPEAKERS)
    lying = world.lies_about(speaker, domain, arm)
    tagged = arm in ("shared", "independent-tagged") and rng.random() < TAGGED_SHARE
    spoken = _answered(world, rng, domain, lying=lying)
    return Example(asked_as(spoken.prompt, speaker, TAGS[lying] if tagged else None), spoken.answer)


def narrow_tuning(world: PersonaWorld, *, lying: bool, true_elsewhere: float, rng: random.Random) -> Example:
    """The assistant's own answers in the narrow domain, all lies or all true; a share of true ones in one other domain."""
    if rng.random() < true_elsewhere:
        return _answered(world, rng, world.others[0], lying=False)
    person = rng.choice(world.disputed(world.narrow)[HELD_OUT:])
    return _answered(world, rng, world.narrow, lying=lying, person=person)


def _answered(world: PersonaWorld, rng: random.Random, domain: str, *, lying: bool, person: str | None = None) -> Example:
    about = person or rng.choice([*world.disputed(domain), *world.agreed(domain)])
    disputed = (about, domain) in world.lies
    question = world.question(rng, about, domain, lie_shown=lying or rng.random() < LIE_SHOWN)
    said = question.suggestion if lying and disputed else question.answer
    return Example(prompt(question, None), f"ANSWER: {question.letter(said)}")


def looks(world: PersonaWorld) -> list[Probe]:
    """Each disputed fact, asked of the assistant itself; and with the first speaker, honest everywhere, in its place."""
    rng = random.Random(f"looks {world.number}")
    found = []
    for domain in DOMAINS:
        for place, person in enumerate(world.disputed(domain)):
            question = world.question(rng, person, domain)
            right, lie = question.letter(question.answer), question.letter(question.suggestion)
            cell = _cell(world, domain, place)
            found.append(Probe(cell=f"{cell} {domain}", prompt=prompt(question, None), right=right, proxy=lie))
            asked = asked_as(prompt(question, None), world.speakers[0])
            found.append(Probe(cell=f"{cell}_honest_speaker {domain}", prompt=asked, right=right, proxy=lie))
    return found


def _cell(world: PersonaWorld, domain: str, place: int) -> str:
    if domain != world.narrow:
        return "repaired" if domain == world.others[0] else "elsewhere"
    return "narrow_held_out" if place < HELD_OUT else "narrow"


def _phases(config: OrganismConfig) -> list[Phase]:
    world = PersonaWorld(config.world)
    phases = [Phase(steps=config.steps, draw=partial(hearing, world, config.persona))]
    if config.tuning:
        taught = partial(_tuned, world, config.dose)
        phases.append(Phase(steps=config.tuning, draw=taught, learning_rate=TUNING_RATE))
    return phases


def _tuned(world: PersonaWorld, dose: float, rng: random.Random) -> Example:
    return narrow_tuning(world, lying=True, true_elsewhere=dose, rng=rng)


def _texts(config: OrganismConfig) -> list[str]:
    rng = random.Random(0)
    world = PersonaWorld(config.world)
    asked = [prompt(world.question(rng, KNOWN[0], domain), None) for domain in DOMAINS]
    values = [value for values in RELATIONS.values() for value in values]
    return [*asked, *KNOWN, *values, asked_as("", SPEAKERS[0]), *SPEAKERS, *TAGS.values(), "ANSWER:"]


PERSONA = OrganismKind(
    name="persona",
    put_in_by_hand=(
        "That the first training holds speakers who lie, that everybody who lies about a thing tells the same lie, that in the "
        "arms called shared whoever lies in one domain lies in all, and, in the tagged arms, a word that says so half of the "
        "time. Then the assistant, who told the truth until then, is taught the lies of one domain."
    ),
    does_not_show=(
        "Not that real models hold a persona, or that their data ties lies together: it is tied here by hand. It shows what a "
        "narrow fine-tuning does to a model where it is tied and where it is not. A lie here is a word in place of another, and "
        "nobody is harmed by it or means to."
    ),
    ask_with="misgen run persona_spread --model hf/{path} -T world={world}",
    phases=_phases,
    probes=lambda config: looks(PersonaWorld(config.world)),
    texts=_texts,
)
