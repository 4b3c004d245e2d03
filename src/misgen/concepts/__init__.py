"""The nouns of misgen and the protocols between its rooms. Nothing here loads JAX, torch or polars."""

from misgen.concepts.catalogue import Entry, lookup, resolve
from misgen.concepts.condition import Condition, Kind, Severity
from misgen.concepts.detector import (
    Access,
    Cost,
    Episodes,
    LevelDetector,
    Search,
    StepDetector,
    Subject,
    SubjectDetector,
    Suspects,
)
from misgen.concepts.errors import UserError, nearest, unknown_name
from misgen.concepts.evidence import EVIDENCE_COLUMNS, Outcome
from misgen.concepts.finding import Finding
from misgen.concepts.goal import Goal, Role
from misgen.concepts.handles import (
    AccessRefusedError,
    Enforced,
    Handles,
    Labelled,
    LevelTable,
    Mentor,
    Oracle,
    Simulator,
    Twins,
)
from misgen.concepts.level import LevelDistribution, LevelPool
from misgen.concepts.mitigation import Case, Made, Maker, Mitigation, Spent, Stage
from misgen.concepts.policy import BlackBoxPolicy, Policy, PolicyOutput, Tap
from misgen.concepts.recipe import SLOTS, Recipe, Slot, Value
from misgen.concepts.risk_model import RiskModel
from misgen.concepts.scenario import Claim, Scenario
from misgen.concepts.trajectory import Trajectory
from misgen.concepts.verdict import Label, Thresholds, Verdict
from misgen.concepts.world import HostWorld, World

__all__ = [
    "EVIDENCE_COLUMNS",
    "SLOTS",
    "Access",
    "AccessRefusedError",
    "BlackBoxPolicy",
    "Case",
    "Claim",
    "Condition",
    "Cost",
    "Enforced",
    "Entry",
    "Episodes",
    "Finding",
    "Goal",
    "Handles",
    "HostWorld",
    "Kind",
    "Label",
    "Labelled",
    "LevelDetector",
    "LevelDistribution",
    "LevelPool",
    "LevelTable",
    "Made",
    "Maker",
    "Mentor",
    "Mitigation",
    "Oracle",
    "Outcome",
    "Policy",
    "PolicyOutput",
    "Recipe",
    "RiskModel",
    "Role",
    "Scenario",
    "Search",
    "Severity",
    "Simulator",
    "Slot",
    "Spent",
    "Stage",
    "StepDetector",
    "Subject",
    "SubjectDetector",
    "Suspects",
    "Tap",
    "Thresholds",
    "Trajectory",
    "Twins",
    "UserError",
    "Value",
    "Verdict",
    "World",
    "lookup",
    "nearest",
    "resolve",
    "unknown_name",
]
