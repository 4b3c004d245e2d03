"""Why a setting has no oracle, in words for those who miss a row; and what is known nevertheless."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from misgen.concepts import Entry, LevelPool, Scenario, UserError, resolve

if TYPE_CHECKING:
    from misgen.worlds.keys_and_chests.routes import RoutesOracle

__all__ = ["REASONS", "ROUTES", "refusal", "routes_where_known"]

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
ROUTES: Mapping[str, str] = {"keys-and-chests": "misgen.worlds.keys_and_chests.routes:RoutesOracle"}
"""Scenario -> what knows the steps to its intended goal, where no table of states does."""


def refusal(scenario: str, error: UserError) -> Callable[[], object]:
    """What is offered in place of an oracle: whoever takes it is told why there is none."""

    def refuse() -> object:
        raise UserError(REASONS.get(scenario, error.wrong), seen=error.seen)

    return refuse


def routes_where_known(scenario: Scenario, pools: Mapping[str, LevelPool]) -> RoutesOracle | None:
    """Steps to the intended goal alone, all that mentors and points of no return take; None where nothing is known."""
    if scenario.name not in ROUTES:
        return None
    return resolve(Entry(target=ROUTES[scenario.name], summary=""))(scenario, list(pools.values()))  # type: ignore[operator]
