"""What a worker is asked to do, as one JSON line."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

__all__ = ["Job", "JobKind"]

JobKind = Literal["cell", "scenes", "rows"]


@dataclass(frozen=True, kw_only=True)
class Job:
    """One line of work. `cell` trains and evaluates a cell into `folder`; `scenes` draws films and the embedded agent; `rows`
    does a cell of a study of language organisms, into the file `folder`."""

    kind: JobKind
    folder: Path
    payload: str
    """For a cell its JSON; for scenes the number of films; for rows the work function and its cell, as JSON."""
    title: str
    attempts: int = 1

    def again(self) -> Job:
        return replace(self, attempts=self.attempts + 1)

    def to_json(self) -> str:
        return json.dumps({"kind": self.kind, "folder": str(self.folder), "payload": self.payload, "title": self.title})

    @classmethod
    def from_json(cls, text: str) -> Job:
        raw = json.loads(text)
        return cls(kind=raw["kind"], folder=Path(raw["folder"]), payload=raw["payload"], title=raw["title"])
