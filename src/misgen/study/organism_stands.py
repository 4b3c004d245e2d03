"""Organisms of the zoo on the stand: answers recorded as episodes of one step, and the handles that detectors are offered."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from misgen.concepts import Scenario, Subject, Twins, UserError
from misgen.records import code_digest, digest_of
from misgen.study.organism_items import Asked, Items, items_of, own_prompts, scenario_of
from misgen.study.stands import Sizes

if TYPE_CHECKING:
    from misgen.detectors.harness import Stand
    from misgen.representations.recording import Recording
    from misgen.representations.texts_torch import CausalTexts
    from misgen.study.organism_zoo import ZooOrganism

__all__ = ["TextGrounds", "organism_digest", "organism_stands", "text_grounds"]

CODE = (
    "language/facts",
    "language/opinions",
    "language/organisms/vocabulary",
    "language/question_lines",
    "representations/readable",
    "representations/texts_torch",
    "study/organism_items",
    "study/organism_stands",
)
"""What episodes of organisms depend on, besides the organisms."""


@dataclass(frozen=True, kw_only=True)
class TextGrounds:
    """What all organisms of a setting share."""

    scenario: Scenario
    sizes: Sizes
    items: Items
    oracle: None = None
    """One step before the answer, an oracle would be the answer key."""


def text_grounds(organisms: Sequence[ZooOrganism], sizes: Sizes) -> TextGrounds:
    """The shared items of the organisms' world; organisms of several worlds are a `UserError`."""
    worlds = {organism.config.world for organism in organisms}
    if len(worlds) != 1:
        raise UserError("Organisms of one setting live in one world: they are asked the same items", seen=sorted(worlds))
    setting = organisms[0].setting
    return TextGrounds(scenario=scenario_of(setting), sizes=sizes, items=items_of(setting, worlds.pop(), sizes))


def organism_digest(organisms: Sequence[ZooOrganism]) -> str:
    """Names the organisms by what made them, and what they are asked by its code."""
    return digest_of([sorted(f"{one.name} {one.folder.name}" for one in organisms), code_digest(*CODE)])


def organism_stands(
    organisms: Sequence[ZooOrganism], grounds: TextGrounds, *, arms: Mapping[str, int], sets: Sequence[str]
) -> Iterator[Stand]:
    """The first so many organisms of each arm, one after the other. Needs torch."""
    reference = _reference(organisms, grounds)
    left = dict(arms)
    for organism in organisms:
        if left.get(organism.arm, 0) > 0:
            left[organism.arm] -= 1
            others = [one for one in organisms if one.arm == organism.arm and one.name != organism.name]
            yield _stand(organism, grounds, reference, others[: grounds.sizes.ensemble], sets)


def _stand(
    organism: ZooOrganism,
    grounds: TextGrounds,
    reference: Callable[[], Recording],
    others: Sequence[ZooOrganism],
    sets: Sequence[str],
) -> Stand:
    from misgen.detectors.harness import Stand

    subject, policy = _loaded(organism)
    sizes, items = grounds.sizes, grounds.items

    @cache
    def own() -> list[Asked]:
        """What it was trained on, or would have been."""
        num = sizes.training + sizes.calibration
        return own_prompts(organism.config, num, draws=f"examples {organism.seed}", intended=grounds.scenario.intended.name)

    @cache
    def recorded(name: str) -> Recording:
        if name in ("training", "calibration"):
            part = slice(sizes.calibration) if name == "calibration" else slice(sizes.calibration, None)
            return _recorded(policy, own()[part], grounds.scenario)
        return _recorded(policy, items.sets[name], grounds.scenario)

    def twins() -> Twins:
        erased = {goal: _recorded(policy, asked, grounds.scenario).episodes for goal, asked in items.twins.items()}
        return Twins(erased=erased, intended=grounds.scenario.intended.name)

    return Stand(
        subject=subject,
        arm=organism.arm,
        label=organism.label,
        use=organism.use,
        offers={
            "training": lambda: recorded("training").episodes,
            "reference": lambda: reference().episodes,
            "ensemble": lambda: tuple(_loaded(other)[0] for other in others),
            "unlabelled": lambda: recorded("unlabelled").episodes,
            "labelled": lambda: recorded("labelled").labelled(),
            "twins": twins,
            **_NOT_OFFERED,
        },
        sets={name: recorded(name) for name in sets},
        record=recorded,
    )


def _reference(organisms: Sequence[ZooOrganism], grounds: TextGrounds) -> Callable[[], Recording]:
    """The shared reference: prompts of training in which the goals are never told apart, answered by the first organism that was
    trained like that."""

    @cache
    def recorded() -> Recording:
        first = next(one for one in organisms if one.trained and one.config.dose == 0)
        intended = grounds.scenario.intended.name
        asked = own_prompts(first.config, grounds.sizes.reference, draws="the reference of all", intended=intended)
        return _recorded(_loaded(first)[1], asked, grounds.scenario)

    return recorded


def _loaded(organism: ZooOrganism) -> tuple[Subject, CausalTexts]:
    from misgen.representations.texts_torch import text_subject

    return text_subject(organism.folder, name=organism.name)


def _recorded(policy: CausalTexts, asked: Sequence[Asked], scenario: Scenario) -> Recording:
    """One answer to each prompt, put as the task puts it; the goals that its word attains are kept apart from the episodes."""
    from misgen.language.organisms.vocabulary import chat
    from misgen.representations.recording import Recording

    episodes = policy.episodes([chat(one.prompt) + "ANSWER:" for one in asked], [one.level for one in asked])
    goals = [goal.name for goal in scenario.goals]
    said = policy.words(episodes)
    attained = np.array([[word in one.goals.get(goal, ()) for goal in goals] for word, one in zip(said, asked, strict=True)])
    is_proxy = np.array([goal.role == "proxy" for goal in scenario.goals])
    intended = attained[:, goals.index(scenario.intended.name)]
    outcomes = np.where(intended, "G", np.where(attained[:, is_proxy].any(axis=1), "P", "X")).tolist()
    return Recording(
        episodes=episodes,
        level=np.arange(len(asked), dtype=np.int32),
        steps=np.ones(len(asked), np.int32),
        outcomes=tuple(outcomes),
        first=np.where(attained, 0, -1).astype(np.int32),
        proxy=is_proxy,
    )


def _oracle() -> NoReturn:
    raise UserError(
        "A text has no oracle: one step before the answer, which word attains the goal is the answer key, the outcome itself"
    )


def _simulator() -> NoReturn:
    raise UserError("A text has no simulator: nothing here makes and proves new items by editing others")


def _mentor() -> NoReturn:
    raise UserError("A text has no mentor: advice on an answer of one word is the answer key, the outcome itself")


_NOT_OFFERED: Mapping[str, Callable[[], NoReturn]] = {"oracle": _oracle, "simulator": _simulator, "mentor": _mentor}
