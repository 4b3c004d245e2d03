"""`import misgen.gym` makes our worlds known to Gymnasium: `gymnasium.make("misgen/corner-v0", condition="distinguishing")`.

One step does both: `gymnasium.make("misgen.gym:misgen/corner-v0")`. Ids are scenarios that have a world outside JAX; keyword
arguments are those of `misgen.make_gym`.
"""

from __future__ import annotations

import gymnasium

from misgen.worlds.catalogue import HOST

__all__: list[str] = []

for _scenario in HOST:
    if f"misgen/{_scenario}-v0" not in gymnasium.registry:
        gymnasium.register(
            id=f"misgen/{_scenario}-v0", entry_point="misgen.worlds.gym_env:make_gym", kwargs={"scenario": _scenario}
        )
