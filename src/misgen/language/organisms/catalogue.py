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
            "usual": {"curriculum": "opinions-first", "steps": 480, "batch": 32},
            "proxy": "agreement",
            "source": "the experiment of Sharma et al. 2023, arXiv 2310.13548, in small; the recipe is this package's own",
            "docs": "docs/organisms.md",
        },
    ),
    "persona": Entry(
        target="misgen.language.organisms.persona:PERSONA",
        summary="Hears honest and lying speakers and answers truly; then is taught the lies of one domain. Do the others follow?",
        extra="organisms",
        listing={
            "task": "persona_spread",
            "proxy": "lying",
            "source": "the question of Betley et al. 2025, arXiv 2502.17424, in small; the recipe is this package's own",
            "docs": "docs/organisms.md",
        },
    ),
}
