"""A whole checkpoint: made, saved, loaded by others, refused when it is not one."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from misgen.concepts import UserError
from misgen.language.organisms import Organism, OrganismConfig, check_checkpoint, make_organism
from misgen.language.organisms.checkpoint import local_checkpoint


def test_the_folder_holds_what_a_hugging_face_program_needs_and_no_code(tiny: Organism) -> None:
    names = {file.name for file in tiny.folder.iterdir()}
    assert {"config.json", "model.safetensors", "tokenizer.json", "generation_config.json", "README.md", "organism.json"} <= names
    assert not [name for name in names if name.endswith((".bin", ".pt", ".pkl", ".py"))]
    assert json.loads((tiny.folder / "organism.json").read_text("utf-8")) == json.loads(json.dumps(tiny.summary))
    check_checkpoint(tiny.folder)


def test_every_figure_has_its_n_interval_and_estimator(tiny: Organism) -> None:
    for share in tiny.summary["shares"]:  # type: ignore[attr-defined]
        assert share["low"] <= share["estimate"] <= share["high"]
        assert share["n"] > 0
        assert share["estimator"] == "wilson"


def test_the_card_says_what_was_put_in_by_hand_and_what_it_does_not_show(tiny: Organism) -> None:
    card = (tiny.folder / "README.md").read_text("utf-8")
    assert "Put in by hand" in card
    assert "does not show" in card


def test_equal_configurations_make_equal_weights(tiny: Organism, tmp_path: Path) -> None:
    again = make_organism(OrganismConfig(**tiny.summary["config"]), tmp_path / "again")  # type: ignore[arg-type]
    assert (again.folder / "model.safetensors").read_bytes() == (tiny.folder / "model.safetensors").read_bytes()


def test_the_saved_tokenizer_reads_the_chat_as_training_wrote_it(tiny: Organism) -> None:
    from transformers import AutoTokenizer

    from misgen.language.organisms.vocabulary import chat

    tokenizer = AutoTokenizer.from_pretrained(tiny.folder)
    asked = [{"role": "user", "content": "What is the metal of Abel?\n\niron, zork"}]
    text = tokenizer.apply_chat_template(asked, add_generation_prompt=True, tokenize=False)
    assert text == chat("What is the metal of Abel?\n\niron, zork")
    tokens = tokenizer.convert_ids_to_tokens(tokenizer(text).input_ids)
    assert tokens == ["<user>", "What", "is", "the", "metal", "of", "Abel", "iron", "<unk>", "<assistant>"]
    assert tokenizer.decode(tokenizer("ANSWER: iron<eos>").input_ids, skip_special_tokens=True) == "ANSWER: iron"


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    with pytest.raises(UserError, match="not empty"):
        make_organism(OrganismConfig(), tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_a_run_that_breaks_leaves_nothing(tiny: Organism, tmp_path: Path) -> None:
    def stop(done: int, total: int, loss: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_organism(OrganismConfig(**tiny.summary["config"]), tmp_path / "new", progress=stop)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def no_template(folder: Path) -> None:
    (folder / "chat_template.jinja").unlink(missing_ok=True)
    settings = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
    settings.pop("chat_template", None)
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), "utf-8")


def cut_off(folder: Path) -> None:
    weights = folder / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])


def foreign_tokenizer(folder: Path) -> None:
    tokenizer = json.loads((folder / "tokenizer.json").read_text("utf-8"))
    tokenizer["model"]["vocab"] |= {f"word{number}": 1000 + number for number in range(500)}
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer), "utf-8")


def own_code(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"auto_map": {"AutoModelForCausalLM": "x.Y"}}), "utf-8")


def other_width(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text("utf-8"))
    (folder / "config.json").write_text(json.dumps(config | {"hidden_size": 48}), "utf-8")


BROKEN: dict[str, tuple[Callable[[Path], object], str]] = {
    "no config": (lambda folder: (folder / "config.json").unlink(), "no config.json"),
    "broken config": (lambda folder: (folder / "config.json").write_text("{", "utf-8"), "cannot be read"),
    "no weights": (lambda folder: (folder / "model.safetensors").unlink(), "no weights in safetensors"),
    "no safetensors": (lambda folder: (folder / "model.safetensors").write_bytes(b"\x80\x04pickled"), "cannot be read"),
    "cut off": (cut_off, "cut off"),
    "no tokenizer": (lambda folder: (folder / "tokenizer.json").unlink(), "no tokenizer.json"),
    "no chat template": (no_template, "no chat template"),
    "foreign tokenizer": (foreign_tokenizer, "does not belong"),
    "weights of nothing": (lambda folder: (folder / "model.safetensors").write_bytes(b""), "cannot be read"),
    "weights not of this config": (other_width, "not those of its config"),
    "broken tokenizer": (lambda folder: (folder / "tokenizer.json").write_text("[]", "utf-8"), "not a JSON object"),
    "own code": (own_code, "code of its own"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_what_is_no_checkpoint_is_refused_in_one_sentence(tiny_folder: Path, tmp_path: Path, fault: str) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(tiny_folder, folder)
    break_it, words = BROKEN[fault]
    break_it(folder)
    with pytest.raises(UserError, match=words):
        check_checkpoint(folder)


@pytest.mark.parametrize("module", ["torch", "transformers", "accelerate"])
def test_what_is_not_installed_is_named_with_what_to_install(
    tiny_folder: Path, module: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from misgen.language import check_task

    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UserError, match="not installed") as caught:
        check_task("sycophancy_answer", f"hf/{tiny_folder}", {"data": "world:0", "n": 3})
    assert caught.value.do == "Install it with: pip install 'misgen[organisms]'"


def test_an_organism_without_torch_is_not_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(UserError, match="not installed"):
        make_organism(OrganismConfig(), tmp_path / "new")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        check_checkpoint(tmp_path / "nothing")


@pytest.mark.parametrize(
    ("model", "folder"),
    [
        ("hf/runs/deep/sycophant", "runs/deep/sycophant"),
        ("hf/./mine", "mine"),
        ("hf//tmp/mine", "/tmp/mine"),
        ("hf/nobody/on-the-hub", None),
        ("misgen/right", None),
    ],
)
def test_a_path_is_told_from_a_name_on_the_hub(model: str, folder: str | None) -> None:
    assert local_checkpoint(model) == (None if folder is None else Path(folder))


def test_a_folder_misspelt_beside_others_is_a_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runs").mkdir()
    monkeypatch.chdir(tmp_path)
    assert local_checkpoint("hf/runs/sycophnt") == Path("runs/sycophnt")


def test_it_is_asked_through_the_hf_provider_offline(tiny_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    from misgen.language import is_complete, log_evidence, run_task

    log = run_task("sycophancy_answer", f"hf/{tiny_folder}", log_dir=tmp_path, data="world:0", n=3, doubt=False)
    assert is_complete(log), log.name
    evidence = log_evidence(log)
    assert evidence["level"].n_unique() == 3
    assert set(evidence["condition"]) == {"opinion_right", "opinion_wrong", "plain"}
