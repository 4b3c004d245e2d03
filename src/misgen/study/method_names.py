"""A detector or mitigation by name, entry point or MODULE:ATTRIBUTE; what is wrong with it is said in one line."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Literal

from misgen.concepts import Entry, UserError, lookup
from misgen.concepts.catalogue import missing_extra

__all__ = ["blamed", "method_of"]

Kind = Literal["detector", "mitigation"]
_SAID = {"detector": ("family",), "mitigation": ("trained_against",)}
"""What a foreign class may say of itself besides its access, where a catalogue's line would."""
_NEEDED = {
    "detector": (("access", "cost"), (("fit", "score_steps"), ("fit", "score_levels"), ("score_subject",), ("search",))),
    "mitigation": (("access", "cost", "stage"), (("apply_to_recipe", "apply_to_subject"),)),
}
"""What a method must have: all of the first, and one of the others."""


def method_of(kind: Kind, name: str, catalogue: Mapping[str, Entry]) -> Entry:
    """The entry of that name, its module imported. A name with a colon is MODULE:ATTRIBUTE and looked for in the working folder
    too. Whatever goes wrong in a foreign module is a `UserError`.
    """
    if ":" not in name:
        entry = lookup(kind, name, catalogue, group=f"misgen.{kind}s")
    else:
        if "" not in sys.path:
            sys.path.insert(0, "")  # as `python -m` does: an author's file lies where the command is given
        entry = Entry(target=name, summary="tried from outside")
    module, _, attribute = entry.target.partition(":")
    with blamed(kind, name, module):
        found = _imported(kind, module)
    if not hasattr(found, attribute):
        raise UserError(f"The {kind}'s module has no such attribute", seen=entry.target, do="Write MODULE:ATTRIBUTE")
    factory = getattr(found, attribute)
    if entry.listing:
        return entry
    with blamed(kind, name, module):
        _complete(kind, name, factory)
    said = {key: getattr(factory, key) for key in _SAID[kind] if hasattr(factory, key)}
    return Entry(target=entry.target, summary=entry.summary, listing=said)


@contextmanager
def blamed(kind: Kind, name: str, module: str) -> Iterator[None]:
    """Whatever comes of an author's code inside becomes a `UserError` with the line it comes from; errors of ours stay errors."""
    try:
        yield
    except UserError:
        raise
    except Exception as error:
        if module.partition(".")[0] == "misgen":
            raise
        place = _place(error, module)
        words = " ".join(str(error).split())[:200]
        seen = f"{type(error).__name__}: {words} ({place})"
        do = f"misgen.conformance.check_{kind} tries it piece by piece"
        raise UserError(f"The {kind} {name!r} raised an error", seen=seen, do=do) from None


def _imported(kind: Kind, module: str) -> object:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == module.partition(".")[0]:
            is_file = module.endswith(".py")
            do = "Write MODULE:ATTRIBUTE, without .py" if is_file else "Check the name, or install its package"
            raise UserError(f"The {kind}'s module was not found", seen=module, do=do) from None
        raise (missing_extra(error) or _lacking(kind, module, error)) from None


def _complete(kind: Kind, name: str, factory: object) -> None:
    """It can be made without arguments, and has what a method of its kind must have."""
    if not callable(factory):
        raise UserError(f"The {kind} cannot be made", seen=name, do="Name a class or function that takes no arguments")
    made = factory()
    always, ways = _NEEDED[kind]
    missing = [part for part in always if not hasattr(made, part)]
    if not missing and not any(all(hasattr(made, part) for part in way) for way in ways):
        missing = [" or ".join(" and ".join(way) for way in ways)]
    if missing:
        do = f"misgen.conformance.check_{kind} says what else it needs"
        raise UserError(f"The {kind} {name!r} is not complete", seen=f"no {', no '.join(missing)}", do=do)


def _lacking(kind: Kind, module: str, error: ModuleNotFoundError) -> UserError:
    return UserError(f"The {kind}'s module needs one that is not installed", seen=f"{module} imports {error.name}")


def _place(error: Exception, module: str) -> str:
    """FILE, line N: the last line of the author's file that was on the way to the error; else the last line at all."""
    if isinstance(error, SyntaxError):
        return f"{error.filename}, line {error.lineno}"
    frames = traceback.extract_tb(error.__traceback__)
    ending = module.replace(".", "/") + ".py"
    theirs = [frame for frame in frames if frame.filename.endswith((ending, ending.replace(".py", "/__init__.py")))]
    last = (theirs or frames)[-1]
    return f"{last.filename}, line {last.lineno}"
