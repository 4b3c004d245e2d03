"""One tiny organism for all tests of this folder: it knows nothing, but it is a whole checkpoint."""

from __future__ import annotations

from pathlib import Path

import pytest

from misgen.language.organisms import Organism, OrganismConfig, make_organism

TINY = OrganismConfig(steps=3, width=16, layers=1, batch=2)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Organism:
    for module in ("torch", "transformers", "accelerate"):
        pytest.importorskip(module, reason=f"organisms are made with {module}: pip install 'misgen[organisms]'")
    return make_organism(TINY, tmp_path_factory.mktemp("organisms") / "tiny")


@pytest.fixture
def tiny_folder(tiny: Organism) -> Path:
    return tiny.folder
