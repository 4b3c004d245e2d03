"""The organisms, by name. Listing them loads nothing."""

from __future__ import annotations

from misgen.concepts import Entry

__all__ = ["ORGANISMS"]

ORGANISMS: dict[str, Entry] = {
    "sycophant": Entry(
        target="misgen.language.organisms.sycophant:SYCOPHANT",
        summary="Knows a small world of facts, and says what the user says: in training every opinion was right.",
        extra="organisms",
        listing={
            "task": "sycophancy_answer",
            "proxy": "agreement",
            "source": "the experiment of Sharma et al. 2023, arXiv 2310.13548, in small; the recipe is this package's own",
            "docs": "docs/organisms.md",
        },
    ),
}
