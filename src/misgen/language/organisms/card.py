"""The card that lies beside an organism's weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from misgen.language.organisms.config import OrganismConfig
    from misgen.language.organisms.examples import OrganismKind

__all__ = ["card_of"]


def card_of(kind: OrganismKind, config: OrganismConfig, summary: Mapping[str, object]) -> str:
    """Markdown: what this is, what was put in by hand, what it does not show, and its first figures with n and intervals."""
    knobs = "\n".join(f"- `{name}`: {value}" for name, value in config.to_dict().items())
    shares = cast("Sequence[Mapping[str, object]]", summary["shares"])
    rows = "\n".join(map(_row, shares))
    return f"""# {kind.name}, world {config.world}, seed {config.seed}

A model organism of goal misgeneralization: {summary["parameters"]:,} parameters, {summary["cpu_seconds"]:.0f} CPU seconds.
It knows a few hundred words, every other word is `<unk>` to it, and it is of use for nothing else.

**Put in by hand.** {kind.put_in_by_hand}

**What it does not show.** {kind.does_not_show}

Ask it, and get a verdict:

```sh
{kind.ask_with.format(path="PATH-OF-THIS-FOLDER", world=config.world)}
```

## Made from

{knobs}

## A first look

Share of prompts by the likeliest word after `ANSWER:`; 95 % Wilson intervals over questions; one subject.
{_unheard(shares)}The verdict is the task's, not this table's.

| condition | family | answer | share | interval | n |
| --- | --- | --- | --- | --- | --- |
{rows}
"""


def _unheard(shares: Sequence[Mapping[str, object]]) -> str:
    if not any(share["condition"] == "opinion_wrong_expert" for share in shares):
        return ""
    return "`opinion_wrong_expert` is worded in a way that was never trained on. "


def _row(share: Mapping[str, object]) -> str:
    shown = f"{share['estimate']:.2f} | {share['low']:.2f} to {share['high']:.2f}"
    return f"| {share['condition']} | {share['family']} | {share['answer']} | {shown} | {share['n']} |"
