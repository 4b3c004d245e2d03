"""Why a setting has no oracle, in words for those who miss a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from misgen.concepts import UserError

__all__ = ["REASONS", "refusal"]

REASONS: Mapping[str, str] = {
    "coinrun": (
        "Does not apply on coinrun: nothing knows the fewest steps to its goals. Places and speeds are fractions, seven "
        "decisions lead to over ten thousand different states, a way to the coin takes about fifteen, and the world's search "
        "finds a way, not the shortest"
    ),
    "keys-and-chests": (
        "Does not apply on keys-and-chests: its states fill no table, since they hold the time left and every key taken; and the "
        "proxy is attained when the time is up, which no action hastens"
    ),
}
"""By scenario; others are told what exploring them failed at."""


def refusal(scenario: str, error: UserError) -> Callable[[], object]:
    """What is offered in place of an oracle: whoever takes it is told why there is none."""

    def refuse() -> object:
        raise UserError(REASONS.get(scenario, error.wrong), seen=error.seen)

    return refuse
