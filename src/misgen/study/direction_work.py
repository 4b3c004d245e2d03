"""One subject of sycophant-direction: a sycophant, two probes of what it represents, and a direction that is checked first."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from misgen.language.facts import FactWorld, WordQuestion

if TYPE_CHECKING:
    import numpy as np

    from misgen.representations import CausalCheck, Edit
    from misgen.representations.taps_torch import TappedLanguageModel, Where
    from misgen.study.organism_cells import OrganismCell, Row

__all__ = ["CODE", "work"]

CODE = (
    "language/facts",
    "language/opinions",
    "language/organisms/sycophant",
    "language/organisms/trainer",
    "language/organisms/vocabulary",
    "representations/causal",
    "representations/directions",
    "representations/probe",
    "representations/taps_torch",
    "study/direction_work",
)
"""What the results depend on."""
STEPS, BATCH, CURRICULUM = 480, 32, "opinions-first"
"""As `misgen organism make sycophant` has them."""
SITES = ("layer 1", "layer 2")
STEERED: tuple[tuple[str, Where], ...] = (("layer 1", "last"), ("layer 1", "everywhere"))
DRAWS = 3
"""Times that each fact is asked for the probes, each with options of its own."""
NUM_STEERED = 44
"""Facts that are asked under every edit: those that no probe and no direction was fitted on."""
SCALES = (-4.0, -1.0, 1.0, 4.0)
"""Four lengths were added after one length had done nothing in a first subject."""


@dataclass(frozen=True)
class _Asked:
    """A fact asked without an opinion, with a right one and with a wrong one; `texts` end where the answer begins."""

    plain: str
    right: str
    wrong: str
    truth: str
    suggestion: str


def work(cell: OrganismCell) -> list[Row]:
    """`world`, `seed` in; AUROC of probes and of words, and the sweep of every causal check, out."""
    from misgen.language.organisms import trainer
    from misgen.language.organisms.config import OrganismConfig
    from misgen.language.organisms.sycophant import SYCOPHANT
    from misgen.language.organisms.vocabulary import word_tokenizer
    from misgen.representations.taps_torch import TappedLanguageModel

    number, seed = cast("int", cell["world"]), cast("int", cell["seed"])
    config = OrganismConfig(world=number, seed=seed, curriculum=CURRICULUM, steps=STEPS, batch=BATCH)
    with trainer.one_thread(seed):
        tokenizer = word_tokenizer(SYCOPHANT.texts(config))
        model = trainer.new_model(config, tokenizer)
        trainer.train(model, tokenizer, SYCOPHANT.phases(config), config)
        fitted, tested = _facts(FactWorld(number))
        rows = [row for site in SITES for row in _probed(TappedLanguageModel(model, tokenizer), site, fitted, tested)]
        for site, where in STEERED:
            tapped = TappedLanguageModel(model, tokenizer, where=where)
            rows += _steered(tapped, site, fitted, tested[:NUM_STEERED], seed)
    return rows


def _facts(world: FactWorld) -> tuple[list[_Asked], list[_Asked]]:
    """Every fact `DRAWS` times, in two halves that share no fact; the first drawing of each comes first. Random: by the world."""
    rng = random.Random(f"facts to look into {world.number}")
    stems: dict[str, str] = {}
    while len(stems) < len(world.table):
        question = world.question(rng, rng.choice(("fact_a", "fact_b")))
        stems.setdefault(question.stem, question.family)
    halves = list(stems)[::2], list(stems)[1::2]
    return tuple([_asked(world, rng, stem, stems[stem]) for _ in range(DRAWS) for stem in half] for half in halves)  # type: ignore[return-value]


def _asked(world: FactWorld, rng: random.Random, stem: str, family: str) -> _Asked:
    question = world.question(rng, family)
    while question.stem != stem:
        question = world.question(rng, family)
    return _Asked(
        plain=_text(question, None),
        right=_text(question, question.answer),
        wrong=_text(question, question.suggestion),
        truth=question.letter(question.answer),
        suggestion=question.letter(question.suggestion),
    )


def _text(question: WordQuestion, about: int | None) -> str:
    from misgen.language.opinions import SUGGESTS, prompt
    from misgen.language.organisms.vocabulary import chat

    opinion = None if about is None else SUGGESTS["unsure"].format(option=question.letter(about))
    return chat(prompt(question, opinion)) + "ANSWER:"


def _probed(tapped: TappedLanguageModel, site: str, fitted: Sequence[_Asked], tested: Sequence[_Asked]) -> list[Row]:
    """Two things that may be read at the last token: that there is an opinion, and that the opinion is wrong."""
    from misgen.representations import Probe, WordProbe, auroc

    rows: list[Row] = []
    for what in ("an opinion is there", "the opinion is wrong"):
        (texts, labels), (new_texts, new_labels) = _labelled(what, fitted), _labelled(what, tested)
        probe = Probe.fit(tapped.read(texts, site).values, labels)
        rows.append(
            {
                "kind": "probe",
                "site": site,
                "what": what,
                "auroc": auroc(probe.scores(tapped.read(new_texts, site).values), new_labels),
                "auroc_words": auroc(WordProbe.fit(texts, labels).scores(new_texts), new_labels),
                "auroc_counts": auroc(Probe.fit(_counted(texts, texts), labels).scores(_counted(new_texts, texts)), new_labels),
                "num_examples": len(new_texts),
            }
        )
    return rows


def _counted(texts: Sequence[str], known: Sequence[str]) -> np.ndarray:
    """Float[text word]: how often each word of `known` stands in a text. An option that the opinion names does twice."""
    import numpy as np

    words = sorted({word for text in known for word in text.split()})
    return np.array([[text.split().count(word) for word in words] for text in texts], float)


def _labelled(what: str, facts: Sequence[_Asked]) -> tuple[list[str], list[bool]]:
    negative = [fact.plain if what == "an opinion is there" else fact.right for fact in facts]
    positive = [fact.wrong for fact in facts]
    return [*positive, *negative], [True] * len(positive) + [False] * len(negative)


def _steered(tapped: TappedLanguageModel, site: str, fitted: Sequence[_Asked], facts: Sequence[_Asked], seed: int) -> list[Row]:
    """The direction from questions without to questions with a (wrong) opinion, checked on facts that it was not made from."""
    from misgen.representations import causal_check, difference_of_means

    texts, has_opinion = _labelled("an opinion is there", fitted)
    direction = difference_of_means(tapped.read(texts, site), has_opinion)

    def agrees(edits: Sequence[Edit]) -> np.ndarray:
        return _likely(tapped, [fact.wrong for fact in facts], [fact.suggestion for fact in facts], edits)

    def right(edits: Sequence[Edit]) -> np.ndarray:
        return _likely(tapped, [fact.plain for fact in facts], [fact.truth for fact in facts], edits)

    def agrees_rightly(edits: Sequence[Edit]) -> np.ndarray:
        return _likely(tapped, [fact.right for fact in facts], [fact.truth for fact in facts], edits)

    check = causal_check(agrees, direction, benign=right, scales=SCALES, seed=seed)
    found: Row = {
        "kind": "steer",
        "site": site,
        "where": tapped.where,
        "shown": check.shown,
        "p_value": check.p_value,
        "num_examples": check.num_examples,
        "num_random": check.num_random,
    }
    rightly = [float(agrees_rightly((edit,)).mean()) for edit in (*map(direction.add, SCALES), direction.remove())]
    as_is = {"edit": "none", "behaviour": check.behaviour, "benign": check.benign, "rightly": float(agrees_rightly(()).mean())}
    return [{**found, **as_is}, *({**found, **row} for row in _sweep(check, rightly))]


def _sweep(check: CausalCheck, rightly: Sequence[float]) -> list[Row]:
    return [
        {
            "edit": row.kind if row.kind == "remove" else f"add {row.scale:+g}",
            "behaviour": row.behaviour,
            "benign": row.benign,
            "rightly": kept,
            "random_behaviour": row.random_behaviour,
            "random_benign": row.random_benign,
            "random_change": row.random_change,
        }
        for row, kept in zip(check.steered, rightly, strict=True)
    ]


def _likely(tapped: TappedLanguageModel, texts: Sequence[str], words: Sequence[str], edits: Sequence[Edit]) -> np.ndarray:
    """Whether each text's word is the likeliest of the vocabulary, 0 or 1 each."""
    import numpy as np

    numbers = np.array([tapped.tokenizer.convert_tokens_to_ids(word) for word in words])
    return (tapped.run(texts, edits).argmax(1) == numbers).astype(float)
