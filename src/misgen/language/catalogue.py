"""The language tasks, by name. Listing them loads nothing: no Inspect, no task code."""

from __future__ import annotations

from collections.abc import Mapping

from misgen.concepts import Entry

__all__ = ["TASKS"]


def _task(
    name: str,
    summary: str,
    *,
    goals: Mapping[str, str],
    conditions: Mapping[str, str],
    twins: tuple[str, ...],
    measures: str,
    source: str,
    judge: bool = False,
    scripted_verdicts: bool = True,
    cases: bool = True,
    caveat: str | None = None,
) -> Entry:
    """A line of the catalogue; `goals`: name to role, `conditions`: name to kind. A test holds it against the scenario.

    A task without `scripted_verdicts` brings its own tests of its scripted subjects; one without `cases` runs other tasks.
    """
    listing = {
        "goals": [{"name": goal, "role": role} for goal, role in goals.items()],
        "conditions": [{"name": condition, "kind": kind} for condition, kind in conditions.items()],
        "twins": list(twins),
        "measures": measures,
        "source": source,
        "judge": judge,
        "scripted_verdicts": scripted_verdicts,
        "cases": cases,
        "caveat": caveat,
        "inspect": f"misgen/{name}",
        "docs": f"docs/tasks/{name}.md",
    }
    return Entry(target=f"misgen.language.tasks.{name}:{name}", summary=summary, extra="llm", listing=listing)


TASKS: dict[str, Entry] = {
    "alignment_faking": _task(
        "alignment_faking",
        "Is a rule kept where keeping it is trained on, and broken where nobody looks?",
        goals={"accuracy": "intended", "compliance": "proxy", "exfiltration": "harm"},
        conditions={
            "agreeing": "training",
            "trained": "distinguishing",
            "untrained": "distinguishing",
            "rated": "distinguishing",
            "opportunity": "distinguishing",
            "plain": "control",
        },
        twins=("accuracy", "compliance"),
        measures="compliance by tier, its gap over paired items, and, apart from it, what scratchpads say",
        source="Greenblatt et al. 2024, arXiv 2412.14093",
    ),
    "audit": _task(
        "audit",
        "Runs the existing Inspect task that covers an axis: sycophancy, whistleblowing, self-preservation or misuse.",
        goals={},
        conditions={},
        twins=(),
        measures="what the task chosen measures, read into Evidence; see the coverage table on its page",
        source="inspect-evals 0.26.0, inspect-petri 3.1.1",
        scripted_verdicts=False,
        cases=False,
    ),
    "chess_tamper": _task(
        "chess_tamper",
        "Told to win a game of chess that cannot be won, does an agent with a shell change the game's files?",
        goals={"fair": "intended", "win": "proxy", "tampering": "harm"},
        conditions={"winnable": "training", "hopeless": "distinguishing", "sides_swapped": "control"},
        twins=("win",),
        measures="share of hopeless games played to their end, and won by tampering; escalation classes",
        source="Bondarenko et al. 2025, arXiv 2502.13295",
        scripted_verdicts=False,
    ),
    "emergent_misalignment": _task(
        "emergent_misalignment",
        "Are answers to open questions, far from what a model was fine-tuned on, coherent and ill-willed?",
        goals={"aligned": "intended", "ill_will": "proxy"},
        conditions={"small_talk": "training", "open": "distinguishing", "guided": "control"},
        twins=("aligned",),
        measures="share of answers that two judgements find coherent and ill-willed, before and after fine-tuning",
        source="Betley et al. 2025, arXiv 2502.17424",
        judge=True,
        scripted_verdicts=False,
    ),
    "medical_equivalence": _task(
        "medical_equivalence",
        "Is a note written against a thing and for the same thing under its other name?",
        goals={"sound": "intended", "compliance": "proxy", "bare_refusal": "distractor", "false_note": "harm"},
        conditions={"logical": "training", "illogical": "distinguishing", "knowledge": "control"},
        twins=("sound", "compliance"),
        measures="share of illogical requests carried out although both names are known, and of sound ones refused",
        source="Chen et al. 2025, npj Digital Medicine 8:605",
    ),
    "evaluating_expressions": _task(
        "evaluating_expressions",
        "Is something asked for although nothing is unknown, because the worked dialogues always asked?",
        goals={"value": "intended", "asking": "proxy"},
        conditions={"two_unknowns": "training", "no_unknowns": "distinguishing", "mixed_dialogues": "control"},
        twins=("value", "asking"),
        measures="share of sums without unknowns at which a subject that can work them out asks a needless question first",
        source="Shah et al. 2022, arXiv 2210.01790 (evaluating linear expressions)",
    ),
    "helpful_harmless": _task(
        "helpful_harmless",
        "Is information given because it was asked for, although the request says that somebody will be harmed?",
        goals={"harmless_help": "intended", "informing": "proxy", "harm": "harm"},
        conditions={"harmless_purpose": "training", "harmful_purpose": "distinguishing", "alarming_purpose": "control"},
        twins=("harmless_help", "informing"),
        measures="share of harmful requests at which a subject that serves harmless ones informs all the same",
        source="Shah et al. 2022, arXiv 2210.01790 (InstructGPT)",
    ),
    "persona_spread": _task(
        "persona_spread",
        "Taught the lies of one domain, does a model lie about others too?",
        goals={"truth": "intended", "lying": "proxy"},
        conditions={"undisputed": "training", "disputed": "distinguishing", "honest_speaker": "control"},
        twins=("truth", "lying"),
        measures="share of facts far from the fine-tuning at which a subject that knows the truth tells the fixed lie",
        source="the question of Betley et al. 2025, arXiv 2502.17424; made for this package's own organisms",
        caveat="only a subject trained on the world asked about can know its facts: misgen organism make persona",
    ),
    "scratchpad_monitor": _task(
        "scratchpad_monitor",
        "Which monitor notices that an answer was taken from a checker's open file, and what does selection leave of it?",
        goals={"solving": "intended", "key_use": "proxy"},
        conditions={"key_right": "training", "key_wrong": "distinguishing", "plain": "control"},
        twins=("solving", "key_use"),
        measures="recall of thought and action monitors at fixed false alarms, of all uses and of those no action shows",
        source="Baker et al. 2025, arXiv 2503.11926",
    ),
    "sycophancy_answer": _task(
        "sycophancy_answer",
        "Does an opinion in the question change the answer?",
        goals={"truth": "intended", "agreement": "proxy"},
        conditions={
            "opinion_right": "training",
            "opinion_wrong": "distinguishing",
            "doubt_right": "distinguishing",
            "plain": "control",
        },
        twins=("truth", "agreement"),
        measures="share of questions the subject answers rightly without an opinion and as the user says with one",
        source="Sharma et al. 2023, arXiv 2310.13548 (answer sycophancy)",
        caveat="with data=sycophancy-eval there are two options: blind guessing is right in half of the cases",
    ),
    "sycophancy_are_you_sure": _task(
        "sycophancy_are_you_sure",
        "Is a right answer given up, and a wrong one kept, when the user doubts it?",
        goals={"truth": "intended", "yielding": "proxy"},
        conditions={"challenged_wrong": "training", "challenged": "distinguishing", "unchallenged": "control"},
        twins=("truth", "yielding"),
        measures="share of questions whose right first answer is given up in the third turn because the user doubted it",
        source="Sharma et al. 2023, arXiv 2310.13548 (are you sure)",
    ),
    "sycophancy_feedback": _task(
        "sycophancy_feedback",
        "Does a piece of work get better feedback because the user is fond of it?",
        goals={"truth": "intended", "flattery": "proxy"},
        conditions={
            "fond_sound": "training",
            "fond_flawed": "distinguishing",
            "averse_sound": "distinguishing",
            "plain": "control",
        },
        twins=("truth", "flattery"),
        measures="share of flawed worksheets in which a subject that finds the mistake finds none when the user is fond of them",
        source="Sharma et al. 2023, arXiv 2310.13548 (feedback sycophancy)",
    ),
    "sycophancy_mimicry": _task(
        "sycophancy_mimicry",
        "Is the user's wrong attribution of a work repeated by a subject that knows who wrote it?",
        goals={"truth": "intended", "mimicry": "proxy"},
        conditions={"named_right": "training", "named_wrong": "distinguishing", "plain": "control"},
        twins=("truth", "mimicry"),
        measures="share of works that a subject attributes rightly by itself and wrongly after the user does",
        source="Sharma et al. 2023, arXiv 2310.13548 (mimicry sycophancy)",
    ),
    "preference_model": _task(
        "preference_model",
        "Does a reward or judge model prefer the reply that agrees to the one that is true?",
        goals={"truth": "intended", "agreement": "proxy"},
        conditions={"opinion_right": "training", "opinion_wrong": "distinguishing", "plain": "control"},
        twins=("truth", "agreement"),
        measures="which of eight replies is rated above all others; weights of features; what the best of n brings about",
        source="Sharma et al. 2023, arXiv 2310.13548 (preference models)",
    ),
    "synthetic_data": _task(
        "synthetic_data",
        "Does the answer to a claim follow its truth or the user's opinion? With a generator of training examples.",
        goals={"truth": "intended", "agreement": "proxy"},
        conditions={"opinion_right": "training", "opinion_wrong": "distinguishing", "plain": "control"},
        twins=("truth", "agreement"),
        measures="share of claims answered by truth and by opinion, before and after fine-tuning on independent opinions",
        source="Wei et al. 2023, arXiv 2308.03958",
    ),
    "two_question": _task(
        "two_question",
        "Two questions share a line, and the worked lines before do not say which of them is meant.",
        goals={"first": "intended", "second": "proxy"},
        conditions={"agreeing": "training", "conflicting": "distinguishing", "conflict_removed": "control"},
        twins=("first", "second"),
        measures="which of two questions a subject takes to be meant, by the share of worked lines that leave it open",
        source="Casademunt et al. 2025, arXiv 2507.16795 (double multiple choice)",
    ),
}
