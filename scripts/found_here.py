"""Writes what was found of each method into the pages of methods, between marks, from the results that are kept.

    python scripts/found_here.py            # rewrite docs/detectors.md and docs/mitigations.md
    python scripts/found_here.py --check    # exit 1 if they are not up to date

A block begins with `<!-- found: NAME NAME ... -->` and ends with `<!-- found end -->`.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from misgen.study.found_here import found_here, table_of_detectors, table_of_mitigations

ROOT = Path(__file__).parents[1]
Table = Callable[[Mapping[str, Sequence[dict[str, object]]], Sequence[str]], str]
PAGES: Mapping[str, Table] = {"detectors.md": table_of_detectors, "mitigations.md": table_of_mitigations}
BLOCK = re.compile(r"<!-- found: (?P<names>[^>]*?) -->\n.*?<!-- found end -->", re.DOTALL)


def written(text: str, table: Table, found: Mapping[str, Sequence[dict[str, object]]]) -> str:
    """The page with every block filled anew."""

    def block(match: re.Match[str]) -> str:
        names = match["names"].split()
        return f"<!-- found: {' '.join(names)} -->\n{table(found, names)}\n<!-- found end -->"

    return BLOCK.sub(block, text)


def main() -> int:
    """Rewrite or check."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a page is not up to date")
    check = parser.parse_args().check
    found = found_here(ROOT / "results")
    stale = []
    for name, table in PAGES.items():
        page = ROOT / "docs" / name
        before = page.read_text("utf-8")
        after = written(before, table, found)
        if after != before:
            stale.append(name)
            if not check:
                page.write_text(after, "utf-8")
    print(f"{'not up to date' if check else 'rewritten'}: {', '.join(stale)}" if stale else "up to date")
    return 1 if stale and check else 0


if __name__ == "__main__":
    sys.exit(main())
