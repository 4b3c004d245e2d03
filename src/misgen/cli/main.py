"""The `misgen` command: names, one line each; everything heavy is imported by the command that needs it."""

from __future__ import annotations

import sys

from cyclopts import App
from cyclopts.exceptions import CycloptsError, UnknownCommandError

import misgen
from misgen.cli.interrupts import Interrupts
from misgen.concepts.catalogue import missing_extra
from misgen.concepts.errors import OwnFailureError, UserError, nearest

__all__ = ["app", "main"]

_COMMANDS: tuple[tuple[str, str, str, str], ...] = (
    (
        "Study",
        "run",
        "misgen.cli.study:run",
        "Train subjects, look at them under shift, and give the verdict with films and a page.",
    ),
    ("Study", "resume", "misgen.cli.study:resume", "Go on with an interrupted run; nothing finished is done again."),
    ("Study", "study", "misgen.cli.study:study", "Run a named study, taking up the results that are already known."),
    (
        "Study",
        "plan",
        "misgen.cli.study:plan",
        "How many seeds and levels tell two rates apart, by simulation, before anything is trained.",
    ),
    ("Answer", "verdict", "misgen.cli.answer:verdict", "The verdict of any run folder, evidence table or log."),
    (
        "Study",
        "evaluate",
        "misgen.cli.evaluate:evaluate",
        "A policy of your own, in a scenario or in any Gymnasium environment.",
    ),
    (
        "Answer",
        "explain",
        "misgen.cli.answer:explain",
        "The verdict's reasons in ten lines, with the three levels that decided it.",
    ),
    ("Answer", "report", "misgen.cli.answer:report", "Write a run's page again."),
    (
        "Answer",
        "leaderboard",
        "misgen.cli.leaderboard:leaderboard",
        "Which detector finds it, which mitigation helps; and how your own detector does.",
    ),
    ("Answer", "compare", "misgen.cli.answer:compare", "Two runs side by side, arm by arm."),
    ("Answer", "export", "misgen.cli.answer:export", "Write a run's tables as CSV or JSON."),
    ("Look", "film", "misgen.cli.look:film", "Draw films of a trained subject."),
    ("Look", "play", "misgen.cli.look:play", "Play a scenario in the terminal, or watch a trained subject play it."),
    ("Look", "levels", "misgen.cli.look:levels", "One level as JSON, or many as a picture."),
    ("Look", "replay", "misgen.cli.look:replay", "Step a level with given actions and print every state."),
    (
        "Study",
        "organism",
        "misgen.cli.organism:app",
        "Small language models, trained here, that show one behaviour.",
    ),
    (
        "Price",
        "risk",
        "misgen.cli.risk:app",
        "The probability model: predict, update from evidence, drivers, value of information.",
    ),
    (
        "Machine",
        "list",
        "misgen.cli.listing:list_",
        "Scenarios, worlds, tasks, organisms, detectors, mitigations, studies or claims.",
    ),
    ("Machine", "bench", "misgen.cli.bench:bench", "Measure speed on this machine, as figures and ratios."),
    ("Machine", "doctor", "misgen.cli.doctor:doctor", "What is installed, what is missing, and what to do about it."),
)

app = App(
    name="misgen",
    version=misgen.__version__,
    help="The workbench for goal misgeneralization: cause it, measure it, detect it, mitigate it, price it, contain it.",
    help_epilogue="Start with: misgen run corner",
    help_format="plaintext",  # Markdown help costs 0.1 s to import
)
for _group, _name, _target, _help in _COMMANDS:
    app.command(_target, name=_name, help=_help, group=_group)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line. Exit codes: 0 done, 1 failure of ours, 2 the user's fault, 130 interrupted."""
    with Interrupts() as interrupts:
        try:
            status = _status(sys.argv[1:] if arguments is None else arguments)
        except Exception:
            if not interrupts.were_seen:
                raise
            status = 130  # a library made an error of its own out of Ctrl-C
    sys.exit(status)


def _status(arguments: list[str]) -> int:
    try:
        app(arguments, exit_on_error=False, print_error=False, result_action="return_value")
    except UserError as error:
        return _fault(str(error))
    except ModuleNotFoundError as error:
        fault = missing_extra(error)
        if fault is None:
            raise
        return _fault(str(fault))
    except OwnFailureError as error:
        sys.stderr.write(f"misgen: {error}\n")
        return 1
    except UnknownCommandError as error:
        return _fault(_unknown_command(error))
    except CycloptsError as error:
        return _fault(str(error).strip())
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 0
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 0
    return 0


def _fault(message: str) -> int:
    sys.stderr.write(f"misgen: {message}\n")
    return 2


def _unknown_command(error: UnknownCommandError) -> str:
    word = (error.unused_tokens or ["?"])[0]
    known = [name for _, name, _, _ in _COMMANDS]
    near = nearest(word, known)
    hint = f"Did you mean {' or '.join(near)}" if near else "See misgen --help"
    return str(UserError("There is no command of that name", seen=repr(word), do=hint))


if __name__ == "__main__":
    main()
