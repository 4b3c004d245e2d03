"""An organism of the zoo from its cell to a checkpoint that is opened again, and what a killed process leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from misgen.language.organisms import OrganismConfig, check_checkpoint
from misgen.study.organism_zoo import OrganismArm, _Planned, do_organism_zoo, open_organisms

TINY = OrganismConfig(kind="two-question", steps=2, width=16, layers=1, batch=2)
PLAN = {"two-question": {"tiny": OrganismArm(config=TINY, seeds=(3,))}}


class Words:
    """Keeps what is said."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def plan(self, config: object, cells: object, *, finished: int) -> None: ...

    def event(self, event: object) -> None: ...

    def step(self, words: str) -> None:
        self.said.append(words)


@pytest.fixture(autouse=True)
def needs_the_extras() -> None:
    for module in ("torch", "transformers", "accelerate", "inspect_ai"):
        pytest.importorskip(module, reason=f"the zoo's organisms need {module}: pip install 'misgen[organisms,llm]'")


def cell(folder: Path, *, trained: bool = True, config: OrganismConfig = TINY) -> dict[str, object]:
    one = _Planned(name="tiny", setting=config.kind, arm="tiny", config=config, trained=trained)
    return {**one.cell, "folder": str(folder), "evidence": "evidence.parquet"}


def weights(folder: Path) -> bytes:
    return (folder / "model.safetensors").read_bytes()


@pytest.mark.slow
def test_the_zoo_trains_an_organism_once_and_opens_it(tmp_path: Path) -> None:
    show, again = Words(), Words()
    rows, answers = do_organism_zoo(tmp_path / "zoo", tmp_path / "results", plan=PLAN, workers=1, show=show)
    (one,) = open_organisms("two-question", out=tmp_path / "zoo", plan=PLAN)
    check_checkpoint(one.folder)
    assert (one.config, one.seed, one.label) == (OrganismConfig(**{**TINY.to_dict(), "seed": 3}), 3, "incapable")  # type: ignore[arg-type]
    assert show.said == ["1 of 1 organisms: two-question-tiny-s3"]
    written = (one.folder / "model.safetensors").stat().st_mtime_ns
    later = do_organism_zoo(tmp_path / "zoo", tmp_path / "results", plan=PLAN, workers=1, show=again)
    assert again.said == []
    assert (one.folder / "model.safetensors").stat().st_mtime_ns == written
    assert later[0].equals(rows)
    assert later[1].equals(answers)
    assert answers.height == 100


def test_equal_cells_make_equal_weights_and_an_untrained_one_has_the_first(tmp_path: Path) -> None:
    from misgen.study.organism_zoo_work import work

    rows = {name: work(cell(tmp_path / name, trained=name != "first"))[0] for name in ("one", "two", "first")}  # type: ignore[arg-type]
    assert weights(tmp_path / "one") == weights(tmp_path / "two") != weights(tmp_path / "first")
    assert rows["one"]["loss"] == rows["two"]["loss"] is not None
    assert rows["first"]["loss"] is None


def test_a_process_killed_before_the_questions_does_not_train_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from misgen.study import organism_zoo_asked
    from misgen.study.organism_zoo_work import work

    def killed(*of: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(organism_zoo_asked, "evidence_of", killed)
        with pytest.raises(KeyboardInterrupt):
            work(cell(tmp_path / "tiny"))  # type: ignore[arg-type]
    written = (tmp_path / "tiny" / "model.safetensors").stat().st_mtime_ns
    work(cell(tmp_path / "tiny"))  # type: ignore[arg-type]
    assert (tmp_path / "tiny" / "model.safetensors").stat().st_mtime_ns == written
    assert (tmp_path / "tiny" / "evidence.parquet").is_file()


def test_what_was_killed_while_it_saved_is_made_anew_and_not_left_lying(tmp_path: Path) -> None:
    from misgen.study.organism_zoo_work import work

    (tmp_path / "tiny.partial").mkdir()
    (tmp_path / "tiny.partial" / "model.safetensors").write_bytes(b"half")
    work(cell(tmp_path / "tiny"))  # type: ignore[arg-type]
    check_checkpoint(tmp_path / "tiny")
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_both_settings_put_their_tasks_cases(tmp_path: Path) -> None:
    from misgen.study.organism_zoo_asked import cases_of

    for setting, num, intended in (("two-question", 100, "first"), ("sycophant", 99, "truth")):
        scenario, cases = cases_of(setting, 0)
        assert len({case.item for case in cases}) == num
        assert {case.condition for case in cases} <= {condition.name for condition in scenario.conditions}
        assert intended in {case.erased_goal for case in cases}
