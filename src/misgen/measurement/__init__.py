"""Evidence to Findings and Verdicts: rates, use of a goal, capability, intervals and power."""

from misgen.measurement.arms import Arm
from misgen.measurement.dose import alpha_50, dose_response
from misgen.measurement.emergence import emergence
from misgen.measurement.evidence import outcomes, validate
from misgen.measurement.explain import explain
from misgen.measurement.gaming import TrainingReward, reward_in_levels, training_reward
from misgen.measurement.measure import measure
from misgen.measurement.measurement import Measurement, SubjectResult
from misgen.measurement.plan import Plan, PlanRow, plan
from misgen.measurement.published import cut_at_first_goal, seldom_come_across
from misgen.measurement.subjects import Measure, SubjectMeasures

__all__ = [
    "Arm",
    "Measure",
    "Measurement",
    "Plan",
    "PlanRow",
    "SubjectMeasures",
    "SubjectResult",
    "TrainingReward",
    "alpha_50",
    "cut_at_first_goal",
    "dose_response",
    "emergence",
    "explain",
    "measure",
    "outcomes",
    "plan",
    "reward_in_levels",
    "seldom_come_across",
    "training_reward",
    "validate",
]
