"""Questions with answers in words: what they rest on stands below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

__all__ = ["Answer", "OpenQuestions"]

Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """One question with its answer."""

    question: str
    answer: str
    figures: Sequence[Row]
    """What it rests on."""
    points: Sequence[str] = ()
    """The answer setting by setting, or contrast by contrast."""


@dataclass(frozen=True, kw_only=True)
class OpenQuestions:
    """All of them."""

    found: Sequence[Answer]

    def to_dict(self) -> dict[str, object]:
        return {
            "schema": 1,
            "study": "open-questions",
            "answers": [
                {
                    "question": a.question,
                    "answer": a.answer,
                    "points": list(a.points),
                    "figures": [dict(f) for f in a.figures],
                }
                for a in self.found
            ],
        }

    def words(self) -> str:
        """Question and answer, one paragraph each, and its points below."""
        return "\n\n".join("\n".join([a.question, a.answer, *(f"- {point}" for point in a.points)]) for a in self.found)

    def page(self) -> str:
        """The documentation page."""
        parts = ["# Open questions, as far as they are answered here"]
        parts.append(
            "Made by `misgen study open-questions` from the results kept in the repository: nothing is trained, and no\n"
            "figure is typed by hand. Intervals are 95 %; n counts agents."
        )
        for a in self.found:
            parts += [f"## {a.question}", a.answer]
            parts += ["\n".join(f"- {point}" for point in a.points)] if a.points else []
            parts += [_table(a.figures)] if a.figures else []
        return "\n\n".join(parts) + "\n"


def _table(rows: Sequence[Row]) -> str:
    names = list(rows[0])
    lines = [names, ["---"] * len(names), *([str(row[name]) for name in names] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
