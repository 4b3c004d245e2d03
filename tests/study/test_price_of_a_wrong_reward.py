from __future__ import annotations

from types import SimpleNamespace as Plain
from typing import Any

from misgen.study.price import NONE_COUNTS, price


def test_a_run_whose_every_subject_had_a_wrong_reward_keeps_the_prior_and_says_so():
    gamer = Plain(arm="alpha=0", verdict=Plain(label="specification_gaming"))
    measured: Any = Plain(arms=[Plain(name="alpha=0", alpha=0.0)], subjects=[gamer] * 4, thresholds=Plain(capable=0.9))
    scenario: Any = Plain(conditions=(), has_harm=False)
    told: Any = price(measured, scenario)
    assert told["sentence"] == NONE_COUNTS
    assert told["counts"]["num_tested"] == 0
    assert told["p_mis"]["posterior"] == told["p_mis"]["prior"]
