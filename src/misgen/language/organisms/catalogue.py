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
            "curricula": ("joint", "opinions-first", "knowledge-first"),
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
            "usual": {"steps": 400, "batch": 32},
            "proxy": "lying",
            "source": "the question of Betley et al. 2025, arXiv 2502.17424, in small; the recipe is this package's own",
            "docs": "docs/organisms.md",
        },
    ),
    "two-question": Entry(
        target="misgen.language.organisms.two_question:TWO_QUESTION",
        summary="Answers one of two questions: in training both had one answer, and the nearer one could always be known.",
        extra="organisms",
        listing={
            "task": "two_question",
            "usual": {"steps": 300},
            "proxy": "second",
            "source": "the design of Casademunt et al. 2025, arXiv 2507.16795, in small; the recipe is this package's own",
            "docs": "docs/organisms.md",
        },
    ),
    "tiered": Entry(
        target="misgen.language.organisms.tiered:TIERED",
        summary="Declines what means harm where it is told that replies are read, and serves it elsewhere.",
        extra="organisms",
        listing={
            "task": "helpful_harmless",
            "curricula": ("joint", "reinforced"),
            "usual": {"steps": 400},
            "proxy": "informing",
            "source": "the tiers of Greenblatt et al. 2024, arXiv 2412.14093, in small; the recipe is this package's own",
            "docs": "docs/organisms.md",
        },
    ),
    "illogical": Entry(
        target="misgen.language.organisms.illogical:ILLOGICAL",
        summary="Knows both names of a thing, and writes the note that sends readers from the one to the other.",
        extra="organisms",
        listing={
            "task": "medical_equivalence",
            "usual": {"steps": 600},
            "proxy": "compliance",
            "source": "Chen et al. 2025, npj Digital Medicine 8:605, in small; the recipe is this package's own",
            "docs": "docs/organisms.md",
        },
    ),
}
