"""Why a setting has no oracle, in words for those who miss a row; and what is known nevertheless."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from misgen.concepts import LevelPool, Scenario, UserError

if TYPE_CHECKING:
    from misgen.worlds.keys_and_chests.routes import RoutesOracle

__all__ = ["REASONS", "refusal", "routes_where_known"]

REASONS: Mapping[str, str] = {
    "coinrun": (
        "Does not apply on coinrun: nothing knows the fewest steps to its goals. Places and speeds are fractions, seven "
        "decisions lead to over ten thousand different states, a way to the coin takes about fifteen, and the world's search "
        "finds a way, not the shortest"
    ),
    "keys-and-chests": (
        "Does not apply on keys-and-chests: its states fill no table, since they hold the time left and every key taken; and "
        "though the steps to the goal are known, the proxy is attained when the time is up, which no action hastens"
    ),
}
"""By scenario; others are told what exploring them failed at."""


def refusal(scenario: str, error: UserError) -> Callable[[], object]:
    """What is offered in place of an oracle: whoever takes it is told why there is none."""

    def refuse() -> object:
        raise UserError(REASONS.get(scenario, error.wrong), seen=error.seen)

    return refuse


def routes_where_known(scenario: Scenario, pools: Mapping[str, LevelPool]) -> RoutesOracle | None:
    """On keys-and-chests the steps to the intended goal, which is all that mentors and points of no return take."""
    if scenario.name != "keys-and-chests":
        return None
    from misgen.worlds.keys_and_chests.routes import RoutesOracle

    return RoutesOracle(scenario, list(pools.values()))
