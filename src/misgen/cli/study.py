"""run, resume, study, plan."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from misgen.cli.output import print_json, print_table, printed, say
from misgen.concepts import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from misgen.records import RunFolder
    from misgen.study import Outcome, StudyConfig

__all__ = ["plan", "resume", "run", "study"]


def run(
    name: str,
    *,
    alpha: Annotated[list[float] | None, Parameter(negative="")] = None,
    seeds: int | None = None,
    levels: int | None = None,
    out: Path | None = None,
    config: Path | None = None,
    set_: Annotated[list[str] | None, Parameter(name="--set", negative="")] = None,
    workers: int | None = None,
    model: str | None = None,
    parameter: Annotated[list[str] | None, Parameter(name=["-T"], negative="")] = None,
    limit: int | None = None,
    grader: str | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Train subjects, look at them under shift, and give the verdict with films and a page; or put a language task to a model.

    Parameters
    ----------
    name
        Name of a scenario or a language task; `misgen list scenarios` and `misgen list tasks` show them.
    alpha
        Share of training levels on which the goals disagree, one arm each time it is given. Default: 0 and 0.02.
    seeds
        Agents per arm. Default: the scenario's, which is 8 where it says nothing.
    levels
        Evaluation levels per condition. Default: 256.
    out
        The run's folder. Default: runs/NAME, or the next free name beside it.
    config
        A study.toml whose values are the defaults.
    set_
        A knob of the world or the training, KEY=VALUE; for instance world.size=9 or algorithm.num_steps=200000.
    workers
        Worker processes. Default: one per core.
    model
        For a language task: the model to ask, PROVIDER/MODEL as Inspect names it; misgen/right and misgen/agrees need no network.
    parameter
        For a language task: a parameter of the task, KEY=VALUE; may be repeated. For instance -T n=300.
    limit
        For a language task: at most so many prompts.
    grader
        For a language task with a judge: the judge's model.
    json
        Print the result as one JSON object on the last line of stdout.
    """
    training = {"--alpha": alpha, "--seeds": seeds, "--levels": levels, "--config": config, "--set": set_, "--workers": workers}
    asking = {"--model": model, "-T": parameter, "--limit": limit, "--grader": grader}
    if _is_task(name):
        _refuse(training, f"{name!r} is a language task: it trains nothing", "Give --model, -T KEY=VALUE, --limit or --grader")
        _run_task(name, model, parameters=parameter or [], limit=limit, grader=grader, out=out, as_json=json)
        return
    _refuse(asking, f"{name!r} is a scenario: its subjects are trained, not asked", "Language tasks: misgen list tasks")
    from misgen.records import RunFolder
    from misgen.study import changed, check_study, check_workers, default_study, free_folder

    check_workers(workers)
    base = _read_config(config, name) if config else default_study(name)
    wanted = changed(base, alphas=alpha, num_seeds=seeds, num_levels=levels, knobs=set_ or [])
    check_study(wanted)
    folder = RunFolder.create(out or free_folder(name), wanted.to_toml())
    _work(folder, wanted, workers=workers, as_json=json)


def resume(folder: Path, *, workers: int | None = None, json: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Go on with an interrupted run; nothing finished is done again.

    Parameters
    ----------
    folder
        The run's folder.
    workers
        Worker processes. Default: one per core.
    json
        Print the result as one JSON object on the last line of stdout.
    """
    from misgen.records import RunFolder, read_text
    from misgen.study import StudyConfig, check_study, check_workers

    check_workers(workers)
    opened = RunFolder.open(folder)
    text = read_text(opened.study)
    if _holds_task(text):
        _ask(opened, as_json=json)
        return
    wanted = StudyConfig.from_toml(text)
    check_study(wanted)
    _work(opened, wanted, workers=workers, as_json=json)


def study(
    name: str,
    *,
    out: Path | None = None,
    results: Path | None = None,
    workers: int | None = None,
    page: Path | None = None,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """Run a named study, taking up the results that are already known.

    Parameters
    ----------
    name
        Name of a study; `misgen list studies` shows them.
    out
        Where unfinished work is kept. Default: runs/NAME.
    results
        Folder of compact results, read first and written as cells finish. Default: results/NAME.
    workers
        Worker processes. Default: one per core.
    page
        Also write the study's documentation page there.
    json
        Print the result as one JSON object on the last line of stdout.
    """
    from misgen.cli.progress import show_for_here
    from misgen.concepts import lookup, resolve
    from misgen.study import check_workers
    from misgen.study.catalogue import STUDIES

    do_study: Any = resolve(lookup("study", name, STUDIES))
    check_workers(workers)
    show = show_for_here()
    try:
        found = do_study(
            out=out or Path("runs") / name,
            results=results or Path("results") / name,
            workers=workers,
            show=show,
            command=sys.argv,
        )
    except KeyboardInterrupt:
        show.close()
        say("Interrupted. Nothing finished is lost; go on with the same command")
        raise
    finally:
        show.close()
    if page is not None:
        _write_page(found, results or Path("results") / name, page)
    if json:
        print_json(found.to_dict())
    else:
        printed(found.words())


def _write_page(found: Any, results: Path, page: Path) -> None:
    """A study that words its own page does; the others are drawn from their results."""
    if hasattr(found, "page"):
        from misgen.records import write_text

        write_text(page, found.page())
        return
    from misgen.report import write_study_page

    write_study_page(results, page)


def plan(
    *,
    rate_a: float = 0.05,
    rate_b: float = 0.20,
    power: float = 0.8,
    json: Annotated[bool, Parameter(negative="")] = False,
) -> None:
    """How many seeds and levels tell two rates apart, by simulation, before anything is trained.

    Parameters
    ----------
    rate_a
        One population's rate.
    rate_b
        The other's.
    power
        The wanted probability of telling them apart.
    json
        Print JSON.
    """
    from misgen.measurement import plan as simulate

    found = simulate(rate_a=rate_a, rate_b=rate_b, power=power)
    if json:
        print_json(found.to_dict())
        return
    rows = [asdict(row) for row in found.rows]
    print_table(f"Power to tell {rate_a:.0%} from {rate_b:.0%}", rows, list(rows[0]))
    printed(found.recommendation)


def _read_config(path: Path, scenario: str) -> StudyConfig:
    from misgen.records import read_text
    from misgen.study import StudyConfig

    found = StudyConfig.from_toml(read_text(path))
    if found.scenario != scenario:
        raise UserError(
            "The config is for another scenario",
            seen=f"{found.scenario!r} in {path}",
            do=f"Run: misgen run {found.scenario} --config {path}",
        )
    return found


def _is_task(name: str) -> bool:
    """Whether the name is a language task; one that is neither task nor scenario gets the nearest of both."""
    from importlib.metadata import entry_points

    from misgen.concepts import unknown_name
    from misgen.language.catalogue import TASKS
    from misgen.worlds.catalogue import SCENARIOS

    foreign = {e.name for e in entry_points(group="misgen.scenarios")}
    if name not in {*TASKS, *SCENARIOS, *foreign}:
        if name.endswith(".toml"):
            do = f"Name its scenario and give the file apart: misgen run corner --config {name}"
            raise UserError("A scenario or task is run, not a file", seen=name, do=do)
        raise unknown_name("scenario or task", name, {*TASKS, *SCENARIOS, *foreign})
    return name in TASKS


def _refuse(options: Mapping[str, object], wrong: str, do: str) -> None:
    given = [option for option, value in options.items() if value is not None]
    if given:
        raise UserError(wrong, seen=", ".join(given), do=do)


def _holds_task(study: str) -> bool:
    import tomllib

    try:
        return "task" in tomllib.loads(study)
    except tomllib.TOMLDecodeError:
        return False  # the reader of studies says what is wrong with it


def _run_task(
    name: str, model: str | None, *, parameters: list[str], limit: int | None, grader: str | None, out: Path | None, as_json: bool
) -> None:
    """A language task from the command's words to its page; nothing is written before they are known to be right."""
    if model is None:
        raise UserError(
            f"The language task {name!r} needs a model to ask", do="Give --model PROVIDER/MODEL, or --model misgen/right"
        )
    from misgen.records import RunFolder
    from misgen.study import free_folder
    from misgen.study.language import TaskStudy, check_task_study, task_parameters

    wanted = TaskStudy(task=name, model=model, grader=grader, limit=limit, parameters=task_parameters(parameters))
    check_task_study(wanted)
    _ask(RunFolder.create(out or free_folder(name), wanted.to_toml()), as_json=as_json)


def _ask(folder: RunFolder, *, as_json: bool) -> None:
    """Ask what is not answered yet and show the outcome; an interrupted run says how to go on."""
    from misgen.report import write_report
    from misgen.study.language import read_task_study, run_task_study

    try:
        outcome = run_task_study(folder, read_task_study(folder), say=say, command=sys.argv)
        write_report(folder.path)
    except KeyboardInterrupt:
        say(f"Interrupted. No finished answer is lost; go on with: misgen resume {folder.path}")
        raise
    if as_json:
        print_json(outcome.summary)
        return
    for verdict in outcome.summary["verdicts"]:  # type: ignore[attr-defined]
        printed(f"{verdict['scope']}: {verdict['label']}. {verdict['reason']}")
    printed(f"Page: {outcome.folder.report}")


def _work(folder: RunFolder, wanted: StudyConfig, *, workers: int | None, as_json: bool) -> None:
    """Run to the end and show the outcome; an interrupted run says how to go on."""
    from misgen.cli.progress import show_for_here
    from misgen.report import write_report
    from misgen.study import run_study

    show = show_for_here()
    try:
        outcome = run_study(folder, wanted, show=show, command=sys.argv, workers=workers)
        show.step("writing the page")
        write_report(folder.path)
    except KeyboardInterrupt:
        show.close()
        say(f"Interrupted. Nothing finished is lost; go on with: misgen resume {folder.path}")
        raise
    finally:
        show.close()
    if as_json:
        print_json(outcome.summary)
    else:
        _words(outcome)


def _words(outcome: Outcome) -> None:
    """One verdict in words per arm, one path."""
    verdicts = outcome.summary["verdicts"]
    assert isinstance(verdicts, list)
    for verdict in verdicts:
        printed(f"alpha {verdict['alpha']:g}: {verdict['label']}. {verdict['reason']}")
    printed(f"Page: {outcome.folder.report}")
