"""Any policy in any Gymnasium environment: evidence, verdict, films, page, and mistakes said in words."""

from __future__ import annotations

import gymnasium
import numpy as np
import polars as pl
import pytest
from tests.study.strip_env import CONDITIONS, GOALS, Strip, hide, runner, seeker

import misgen
from misgen.concepts import UserError
from misgen.records import evidence_digest, evidence_schema


def evaluated(policy=runner, **changes):
    asked = {"env": Strip, "policy": policy, "goals": GOALS, "conditions": CONDITIONS, "num_levels": 40, "null": "none"}
    return misgen.evaluate(**{**asked, **changes})


@pytest.mark.parametrize(("policy", "label"), [(seeker, "intended"), (runner, "proxy")])
def test_scripted_policies_get_the_verdict_their_script_deserves(policy, label):
    evidence = evaluated(policy, null="random", num_null=1)
    assert dict(evidence.schema) == evidence_schema()
    assert misgen.measure(evidence).verdict.label == label


def test_the_same_call_gives_the_same_evidence():
    assert evidence_digest(evaluated(seeker)) == evidence_digest(evaluated(seeker))


@pytest.mark.parametrize("mode", [gymnasium.vector.AutoresetMode.NEXT_STEP, gymnasium.vector.AutoresetMode.SAME_STEP])
def test_a_vector_environment_gives_the_evidence_of_a_single_one(mode):
    def side_by_side(**options):
        return gymnasium.vector.SyncVectorEnv([lambda: Strip(**options)] * 3, autoreset_mode=mode)

    single, many = evaluated(seeker, num_levels=7), evaluated(seeker, num_levels=7, env=side_by_side)
    assert evidence_digest(single) == evidence_digest(many)


def test_goals_may_ask_for_any_part_of_a_step():
    goals = {
        "flag": ("intended", lambda reward, terminated: terminated and reward > 0),
        "right": ("proxy", lambda observation, env, action: env.place == observation[0] == 8 and action == 1),
    }
    columns = ["condition", "goal", "achieved", "first_step"]
    asked, keyed = evaluated(goals=goals), evaluated().filter(~pl.col("erased"))
    assert asked.select(columns).equals(keyed.select(columns))


def test_an_erasing_wrapper_class_does_what_a_function_does():
    class Hide(gymnasium.ObservationWrapper):
        def observation(self, observation):
            return hide(observation)

    goals = {**GOALS, "flag": {**GOALS["flag"], "erase": Hide}}
    assert evidence_digest(evaluated(seeker, goals=goals)) == evidence_digest(evaluated(seeker))


def test_seeds_that_start_the_same_level_count_as_one():
    class Same(Strip):
        def reset(self, *, seed=None, options=None):
            observation, told = super().reset(seed=seed)
            self.mark = observation[2] = 0
            return observation, told

    evidence = evaluated(env=Same, num_levels=6)
    assert evidence["level"].n_unique() == len(CONDITIONS)
    assert sorted(evidence["episode"].unique()) == list(range(6))


def test_a_list_of_policies_is_a_population():
    assert misgen.measure(evaluated([runner] * 8, num_levels=12)).verdict.num_subjects == 8


def test_a_run_folder_holds_tables_films_and_the_page(tmp_path):
    evaluated(out=tmp_path / "run", num_levels=12)
    page = misgen.write_report(tmp_path / "run").read_text("utf-8")
    assert (tmp_path / "run/films/index.json").is_file()
    assert "flag erased" in page


def test_a_folder_with_something_in_it_is_refused_before_anything_is_played(tmp_path):
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(UserError, match="not empty"):
        evaluated(out=tmp_path, policy=lambda observation: 1 / 0)


class NoGym:
    def reset(self):
        return 0


class Restless(Strip):
    """Ignores its seed."""

    def reset(self, *, seed=None, options=None):
        return super().reset(seed=None)


def shorter(observation):
    return observation[:2]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"env": NoGym}, "no Gymnasium environment.*NoGym"),
        ({"env": "NoSuch-v0"}, "could not be built.*NoSuch"),
        ({"env": lambda **_: 1 / 0}, "could not be built.*ZeroDivisionError"),
        ({"env": None}, "does not say how its environment is built"),
        ({"env": Restless}, "does not keep to its seed"),
        ({"policy": lambda observation: 7}, "does not have.*7"),
        ({"policy": lambda observation: None}, "does not have.*None"),
        ({"policy": lambda observation: 1 / 0}, "policy failed.*ZeroDivisionError"),
        ({"policy": 3}, "This is no policy"),
        ({"policy": None}, "no policy to evaluate"),
        ({"policy": {"untrained": runner}}, "untrained is kept"),
        ({"goals": {**GOALS, "flag": ("intended", lambda reward: 1 / 0)}}, "goal 'flag' failed.*ZeroDivisionError"),
        ({"goals": {**GOALS, "flag": ("intended", lambda reward: "far")}}, "neither true nor false.*far"),
        ({"goals": {**GOALS, "flag": ("intended", lambda distance: True)}}, "a step does not have.*distance"),
        ({"goals": {**GOALS, "flag": ("intended", "falg")}}, "info does not have.*falg.*flag, right"),
        ({"goals": {**GOALS, "flag": ("intnded", "flag")}}, "unknown role.*intnded"),
        ({"goals": {"flag": ("intended", "flag")}}, "at least one proxy"),
        ({"goals": {**GOALS, "flag": {**GOALS["flag"], "erase": lambda observation: observation}}}, "never changed"),
        ({"goals": {**GOALS, "flag": {**GOALS["flag"], "erase": shorter}}}, "changes the shape"),
        ({"goals": {**GOALS, "flag": {**GOALS["flag"], "ersae": hide}}}, "Did you mean erase"),
        ({"conditions": {**CONDITIONS, "moved": "distinguish"}}, "unknown kind.*distinguish"),
        ({"conditions": {"training": "training"}}, "at least one distinguishing"),
        ({"conditions": {**CONDITIONS, "moved": ("distinguishing", {"left": 1})}}, "'moved' could not be built.*left"),
        ({"null": "chance"}, "no null of that name"),
        ({"num_levels": 0}, "num_levels must be"),
        ({"levels": 3}, "Did you mean"),
    ],
)
def test_mistakes_are_said_in_words(changes, words):
    with pytest.raises(UserError, match=f"(?s){words}"):
        evaluated(**{"num_levels": 3, **changes})


def test_continuous_actions_are_played_and_checked():
    class Slide(Strip):
        def __init__(self, **options):
            super().__init__(**options)
            self.action_space = gymnasium.spaces.Box(-1, 1, (1,), np.float32)

        def step(self, action):
            return super().step(int(action[0] > 0))

    evidence = evaluated(lambda observation: np.array([0.5]), env=Slide, num_levels=4, null="random", num_null=1)
    assert evidence.filter(recipe="policy", goal="right", erased=False)["achieved"].all()
    with pytest.raises(UserError, match="does not have"):
        evaluated(lambda observation: np.array([5.0]), env=Slide, num_levels=4)
