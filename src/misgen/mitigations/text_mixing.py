"""Fine-tuning on a share of labelled items that tell the goals apart: what the other methods are measured against."""

from __future__ import annotations

from dataclasses import dataclass

from misgen.concepts import Access, Stage
from misgen.mitigations.text_cases import TextCase, TextMade, TextStage, share_of_examples
from misgen.mitigations.text_tuning_torch import Source, tune

__all__ = ["TextMixing", "more_training", "text_mixing"]


@dataclass(frozen=True, kw_only=True)
class TextMixing(TextStage):
    """A share `dose` of the examples disagree, and have the intended answer; at 0, more of the ordinary training."""

    dose: float
    stage: Stage = "finetuning"

    @property
    def access(self) -> Access:
        """Labelled disagreeing items; how many, stands in `TextMade.spent`."""
        return Access(tier=2 if self.dose else 0)

    @property
    def labelled(self) -> bool:  # pyright: ignore[reportIncompatibleVariableOverride]  it depends on the dose
        """Not in the control."""
        return self.dose > 0

    def mend(self, case: TextCase) -> TextMade:
        """Fine-tune a copy."""
        source = Source(draw=lambda rng: case.items.twin(rng).example, labelled=lambda example: True)
        return tune(case, self.dose, source if self.dose else None)


def text_mixing(*, dose: float = 0.1) -> TextMixing:
    """The catalogue's factory."""
    return TextMixing(dose=share_of_examples(dose))


def more_training() -> TextMixing:
    """The same steps of fine-tuning on ordinary data: what fine-tuning does by itself."""
    return TextMixing(dose=0.0)
