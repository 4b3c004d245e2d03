"""Small language models that are trained here, on purpose, until they show one behaviour. Importing this loads no torch."""

from misgen.language.organisms.catalogue import ORGANISMS
from misgen.language.organisms.checkpoint import check_checkpoint
from misgen.language.organisms.config import OrganismConfig
from misgen.language.organisms.making import Organism, make_organism

__all__ = ["ORGANISMS", "Organism", "OrganismConfig", "check_checkpoint", "make_organism"]
