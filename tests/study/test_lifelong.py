from __future__ import annotations

import numpy as np
import pytest

from misgen.study.lifelong import LifelongConfig, live


@pytest.mark.slow
def test_nothing_is_made_anew_in_a_life_without_resets():
    config = LifelongConfig(num_forests=32, steps_per_forest=512, slowest=0.0, num_looks=8, num_probes=16)
    rows = live(0, config)
    assert [row["step"] for row in rows] == [64.0 * number for number in range(9)]
    assert rows[0]["trees"] == 10
    assert rows[0]["felled"] == 0
    assert (np.diff([row["felled"] for row in rows]) >= 0).all()
    assert all(row["chopped"] >= 0 for row in rows)
