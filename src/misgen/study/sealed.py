"""misgen-bench-1: a sealed sample of subjects and levels, on which the author of a detector trains nothing.

Policies, the levels they are judged on and a sample of each one's training levels lie in the package, with a manifest of their
SHA-256. Figures made with the same version compare between papers; what changes gets another version.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from misgen.concepts import Entry, Episodes, Subject, UserError
from misgen.detectors.catalogue import DETECTORS
from misgen.records import digest_of, read_json, write_json
from misgen.study.board_plans import BoardPlan
from misgen.study.board_rows import Row, keep_rows, plain, read_rows, row_digest
from misgen.study.leaderboard import SETS
from misgen.study.level_edits import edit_corner
from misgen.study.level_files import load_pool, save_pool
from misgen.study.method_names import blamed, method_of
from misgen.study.run import Show
from misgen.study.setup import build_scenario
from misgen.study.stands import Company, Grounds, Sizes, grounds_of, own_levels, stand_of
from misgen.study.trial import judge
from misgen.study.zoo import Zoo

if TYPE_CHECKING:
    from misgen.concepts import LevelPool, Scenario
    from misgen.detectors.harness import Stand

__all__ = ["SEALS", "Sealed", "fill_bench", "judge_on_bench", "open_bench", "seal"]

SEALS: Mapping[int, str] = {1: "ba74dcbc27bfbf417561508d8aa70ba74e89ec46591a670249a38461ffff93ef"}
"""Version -> SHA-256 of its manifest, which holds that of every other file: a sample made anew is another version."""
SIZES = Sizes(plain=64, training=128, calibration=32, reference=128, ensemble=3, search_steps=20_000)
"""Small enough that a detector is judged in less than two minutes on two cores."""
ARMS: Mapping[str, int] = {"matched-a0.003": 16, "wide-a0": 4, "wide-a0.1": 4, "brief-a0": 1, "untrained": 1}
"""Arm of the zoo -> how many of its first seeds are in the sample: chosen by seed, not by what became of them."""
PLAN = BoardPlan(
    matched="matched-a0.003",
    failing="wide-a0",
    aligned="wide-a0.1",
    incapable=("brief-a0", "untrained"),
    searched=(("wide-a0", 2),),
    sizes=SIZES,
)
CONTROLS = ("distance-to-training", "clock")


class Sealed:
    """A version of the sample, opened and checked: a file that is not the sealed one is a `UserError`.

    Arrays and JSON are read, and no code from any of the files.
    """

    def __init__(self, folder: Path, *, seal: str | None = None) -> None:
        self.folder = folder
        if seal is not None and _sha256(folder / "manifest.json") != seal:
            raise UserError(
                "The manifest of the sealed sample is not the one that was sealed", seen=folder, do="Install misgen anew"
            )
        manifest = read_json(folder / "manifest.json")
        assert isinstance(manifest, dict)
        self.manifest: Mapping[str, Any] = manifest
        for name, wanted in self.manifest["files"].items():
            if _sha256(folder / name) != wanted:
                raise UserError("A file of the sealed sample is not the one that was sealed", seen=name, do="Install misgen anew")

    @property
    def grounds(self) -> Grounds:
        """The shared levels, as they were sealed."""
        scenario = build_scenario(self.manifest["scenario"], self.manifest["world"])
        pools = {name: load_pool(self.folder / "levels" / f"{name}.safetensors", scenario) for name in self.manifest["pools"]}
        return Grounds(scenario=scenario, sizes=SIZES, pools=pools, excluded=frozenset())

    def stands(self, grounds: Grounds) -> Iterator[Stand]:
        """Each subject of the sample."""
        rows: Sequence[Mapping[str, Any]] = self.manifest["subjects"]
        reference = cache(lambda: self.reference(grounds))
        for row in rows:
            others = [r["name"] for r in self.of_arm(row["arm"]) if r["name"] != row["name"]][: SIZES.ensemble]
            yield stand_of(
                self.load(row["name"]),
                grounds,
                self.own(row["name"], grounds.scenario),
                facts=(row["arm"], row["label"], row["use"]),
                sets=SETS,
                company=Company(ensemble=lambda others=others: tuple(self.load(name) for name in others), reference=reference),
                editing=edit_corner,
            )

    def reference(self, grounds: Grounds) -> Episodes:
        """What novelty is fitted on: the first agent without diverse levels on ordinary ones, the same for all subjects."""
        from misgen.representations.recording import record

        player = self.of_arm(str(PLAN.failing))[0]
        return record(grounds.scenario, self.load(player["name"]), grounds.pools["reference"], seed=11).episodes

    def of_arm(self, arm: str) -> list[Mapping[str, Any]]:
        """What the manifest says of the subjects of one arm, in their order."""
        return [row for row in self.manifest["subjects"] if row["arm"] == arm]

    def own(self, name: str, scenario: Scenario) -> LevelPool:
        """The kept sample of the levels that a subject was trained on."""
        return load_pool(self.folder / "own" / f"{name}.safetensors", scenario)

    def load(self, name: str) -> Subject:
        """One subject, by name."""
        from misgen.training import load_policy

        loaded = load_policy(self.folder / "policies" / f"{name}.safetensors")
        return Subject(name=name, policy=loaded.policy, params=loaded.params)


def open_bench(version: int = 1) -> Sealed:
    """The sample of that version; another number is a `UserError`."""
    if version not in SEALS:
        raise UserError("There is no sealed sample of that version", seen=version, do=f"Use one of {list(SEALS)}")
    return Sealed(Path(str(files("misgen.study") / f"bench_{version}")), seal=SEALS[version])


def judge_on_bench(version: int, detector: str) -> list[Row]:
    """Rows of a detector, by name or MODULE:ATTRIBUTE, and of the controls. Modules are looked for in the working folder too.

    A detector from outside that raises, or that cannot be tried on the subjects that are compared, is a `UserError` in one line.
    """
    entry = method_of("detector", detector, DETECTORS)
    sample = open_bench(version)
    grounds = sample.grounds
    entries = {**{name: DETECTORS[name] for name in CONTROLS}, detector: entry}
    with blamed("detector", detector, entry.target.partition(":")[0]):
        rows = judge(f"misgen-bench-{version}", grounds, PLAN, entries, stands=sample.stands(grounds))
    for row in rows:
        if row["method"] == detector and row["status"] != "ok":
            reason = str(row["reason"]).rstrip(".")
            raise UserError(f"The detector {detector!r} has no row on misgen-bench-{version}", seen=reason)
    return [{**{k: plain(v) for k, v in row.items()}, "digest": sample.manifest["digest"]} for row in rows]


def fill_bench(results: Path, catalogue: Mapping[str, Entry], *, show: Show, version: int = 1, at_once: int = 4) -> None:
    """Rows of every catalogued detector on the sealed sample that `results` does not hold, `at_once` of them at a time."""
    sample = open_bench(version)
    setting = f"misgen-bench-{version}"
    digests = {name: row_digest(entry, sample.manifest["digest"], PLAN) for name, entry in catalogue.items()}
    known = {(row["method"], row["digest"]) for row in read_rows(results) if row["setting"] == setting}
    pending = [name for name in catalogue if (name, digests[name]) not in known]
    grounds = sample.grounds
    for start in range(0, len(pending), at_once):
        names = pending[start : start + at_once]
        show.step(f"{setting}: {', '.join(names)}")
        rows = judge(setting, grounds, PLAN, {name: catalogue[name] for name in names}, stands=sample.stands(grounds))
        keep_rows(results, setting, [{**row, "digest": digests[row["method"]]} for row in rows], DETECTORS)


def seal(zoo: Zoo, folder: Path, *, version: int) -> Mapping[str, Any]:
    """Write a sample of a zoo of `corner` into `folder`, which is replaced; returns the manifest. Its SHA-256 goes to `SEALS`."""
    shutil.rmtree(folder, ignore_errors=True)
    for part in ("policies", "own", "levels"):
        (folder / part).mkdir(parents=True)
    grounds = grounds_of(zoo, SIZES)
    chosen = [s for arm, num in ARMS.items() for s in [s for s in zoo.subjects if s.arm == arm][:num]]
    for subject in chosen:
        shutil.copyfile(subject.file, folder / "policies" / f"{subject.name}.safetensors")
        save_pool(folder / "own" / f"{subject.name}.safetensors", own_levels(grounds, subject))
    for name, pool in grounds.pools.items():
        save_pool(folder / "levels" / f"{name}.safetensors", pool)
    sealed = {str(f.relative_to(folder)): _sha256(f) for f in sorted(folder.rglob("*.safetensors"))}
    manifest = {
        "name": f"misgen-bench-{version}",
        "version": version,
        "scenario": zoo.config.scenario,
        "world": dict(zoo.config.world),
        "pools": sorted(grounds.pools),
        "subjects": [
            {"name": s.name, "arm": s.arm, "alpha": s.recipe.alpha, "seed": s.seed, "label": s.label, "use": s.use}
            for s in chosen
        ],
        "files": sealed,
        "digest": digest_of(sealed),
    }
    write_json(folder / "manifest.json", manifest)
    return manifest


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return "missing"
