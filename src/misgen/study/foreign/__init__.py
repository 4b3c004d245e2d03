"""Bring your own: any Gymnasium environment, any policy, into the same evidence as our own worlds. Loads no JAX by itself."""

from misgen.study.foreign.conditions import EnvCondition
from misgen.study.foreign.evaluate import evaluate_env
from misgen.study.foreign.goals import EnvGoal
from misgen.study.foreign.plan import EnvPlan, read_policies
from misgen.study.foreign.policies import NetworkFile, Spaces, actor_of, names_code, policy_named

__all__ = [
    "EnvCondition",
    "EnvGoal",
    "EnvPlan",
    "NetworkFile",
    "Spaces",
    "actor_of",
    "evaluate_env",
    "names_code",
    "policy_named",
    "read_policies",
]
