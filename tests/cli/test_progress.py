from __future__ import annotations

from misgen.cli.progress import _Tally


def event(success: float | None) -> dict[str, object]:
    return {"event": "progress", "cell": "c", "step": 10, "total": 100, "success": success, "steps_per_second": 50.0}


def words(*events: dict[str, object]) -> str:
    tally = _Tally()
    for each in events:
        tally.take(each)
    return tally.words()


def test_a_first_report_before_any_episode_has_ended_says_so():
    assert words(event(None)) == "50 steps/s, no episode has ended yet"


def test_success_is_shown_as_soon_as_there_is_some():
    assert words(event(None), event(0.5)) == "50 steps/s, success 0.50"


def test_without_training_there_is_only_evaluation():
    assert words() == "evaluating"
