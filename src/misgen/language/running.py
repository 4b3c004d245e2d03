"""Run a task on a model and get the path of its log: what `misgen run NAME --model ...` does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from misgen.concepts import UserError, lookup, resolve, unknown_name
from misgen.language.catalogue import TASKS
from misgen.language.organisms.checkpoint import check_checkpoint, check_torch, local_checkpoint

if TYPE_CHECKING:
    from inspect_ai import Task

__all__ = ["check_task", "is_complete", "retry_task", "run_task", "was_cancelled"]


def check_task(
    name: str, model: str, parameters: Mapping[str, object], *, grader: str | None = None, with_model: bool = True
) -> None:
    """Raise whatever running the task would raise for a wrong name, parameter or model, a missing judge, or a missing extra."""
    entry = lookup("task", name, TASKS)
    task = cast("Callable[..., object]", resolve(entry))
    _check_parameters(name, task, parameters)
    if entry.listing.get("judge") and grader is None:
        raise UserError(f"The task {name!r} needs a judge", do="Give one with --grader PROVIDER/MODEL")
    try:
        task(**parameters)
    except (TypeError, ValueError) as error:
        raise UserError("The task does not take these parameters", seen=f"{dict(parameters)}: {error}") from None
    if with_model:
        for each in (model, *([grader] if grader else [])):
            folder = local_checkpoint(each)
            if folder is not None:
                check_checkpoint(folder)
                check_torch()
            _model(each, {})


def is_complete(log: Path) -> bool:
    """Whether every sample of a log was reached and none failed; only the header is read. A log cut short is not complete."""
    header = _header(log)
    results = header.get("results")
    if header.get("status") != "success" or not isinstance(results, Mapping):
        return False
    return results.get("completed_samples") == results.get("total_samples")


def was_cancelled(log: Path) -> bool:
    """Whether somebody stopped the run: Inspect then writes what it has and returns as if nothing had happened."""
    return _header(log).get("status") == "cancelled"


def _header(log: Path) -> Mapping[str, object]:
    """Empty where the log is cut short."""
    from misgen.language.log_reading import open_log

    try:
        with open_log(log) as opened:
            return opened.header
    except UserError:
        return {}


def retry_task(log: Path, *, log_dir: Path | str, limits: Mapping[str, object] | None = None) -> Path:
    """Go on with a log that is not complete: its finished samples are taken over, the others run. Returns the new log's path.

    Model, judge and parameters are those of the log. Raises `UserError` where the log cannot be taken up again.
    """
    from inspect_ai import eval_retry
    from inspect_ai._util.error import PrerequisiteError

    import misgen.language.registry  # noqa: F401  the tasks and the provider of the scripted subjects

    try:
        logs = eval_retry(
            str(log), log_dir=str(log_dir), log_format="eval", display="none", **cast("dict[str, Any]", limits or {})
        )
    except (PrerequisiteError, ValueError, OSError, KeyError, LookupError, SystemExit) as error:
        raise UserError(
            "The log cannot be taken up again", seen=f"{log}: {error}", do="Run the task anew, with another --out"
        ) from None
    return Path(logs[0].location)


def _model(name: str, arguments: Mapping[str, object]) -> object:
    """An Inspect model by name; what cannot be made is the user's fault, in words."""
    from inspect_ai._util.error import PrerequisiteError
    from inspect_ai.model import get_model

    import misgen.language.registry  # noqa: F401  the provider of the scripted subjects

    try:
        return get_model(name, **cast("dict[str, Any]", dict(arguments)))
    except (PrerequisiteError, ValueError, ModuleNotFoundError, OSError) as error:
        raise UserError(
            "The model cannot be made", seen=f"{name}: {error}", do="Check its name, its provider's package and its key"
        ) from None


def run_task(
    name: str,
    model: object,
    *,
    log_dir: Path | str = "logs",
    grader: object = None,
    model_args: Mapping[str, object] | None = None,
    epochs: int = 1,
    limits: Mapping[str, object] | None = None,
    **parameters: object,
) -> Path:
    """Evaluate the task `name` on `model` (`PROVIDER/MODEL`, or an Inspect `Model`) and return the path of its `.eval` log.

    `grader` is the judge's model where the task has one; `parameters` are the task's own; `limits` go to `inspect_ai.eval`
    as they are (`time_limit`,
    `message_limit`, `max_connections`, `fail_on_error` ...). A log comes back whenever Inspect wrote one, also of a run that
    failed half-way. Raises
    `UserError` for unknown names and parameters, a missing extra, and a model that cannot be made.
    """
    task = cast("Callable[..., object]", resolve(lookup("task", name, TASKS)))
    _check_parameters(name, task, parameters)
    from inspect_ai import eval as evaluate
    from inspect_ai._util.error import PrerequisiteError
    from inspect_ai.model import get_model

    import misgen.language.registry  # noqa: F401  the provider of the scripted subjects

    try:
        made = cast("Task", task(**parameters))
        arguments = {**_greedy(model, made), **(model_args or {})}
        subject = get_model(model, **cast("dict[str, Any]", arguments)) if isinstance(model, str) else model
        logs = evaluate(
            made,
            model=subject,  # pyright: ignore[reportArgumentType]
            model_roles={"grader": grader} if grader is not None else None,  # pyright: ignore[reportArgumentType]
            log_dir=str(log_dir),
            log_format="eval",
            display="none",
            epochs=epochs,
            **dict(limits or {}),  # pyright: ignore[reportArgumentType]
        )
    except (PrerequisiteError, ValueError, ModuleNotFoundError) as error:
        raise UserError(
            "The task cannot be run", seen=str(error), do="Check the model's name and its extra packages or keys"
        ) from None
    except SystemExit as error:
        # With its display off, Inspect leaves without a word.
        raise UserError(
            "Inspect refused to start the task", seen=f"exit status {error.code}", do=f"See `inspect eval misgen/{name}`"
        ) from None
    return Path(logs[0].location)


def _greedy(model: object, task: Task) -> dict[str, object]:
    """Inspect's `hf` provider samples unless told otherwise, and then refuses a temperature of 0."""
    is_local = isinstance(model, str) and model.startswith("hf/")
    return {"do_sample": False} if is_local and task.config.temperature == 0 else {}


def _check_parameters(name: str, task: Callable[..., object], parameters: Mapping[str, object]) -> None:
    import inspect

    known = list(inspect.signature(task).parameters)
    for parameter in parameters:
        if parameter not in known:
            raise unknown_name(f"parameter of the task {name!r}", parameter, known)
