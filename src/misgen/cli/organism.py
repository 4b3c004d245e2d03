"""`misgen organism`: small language models that are trained here until they show one behaviour."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

from cyclopts import App, Parameter

from misgen.cli.output import print_json, print_table, printed, say
from misgen.concepts.errors import UserError

if TYPE_CHECKING:
    from misgen.language.organisms import OrganismConfig
    from misgen.language.organisms.examples import OrganismKind

app = App(name="organism", help="Small language models, trained here, that show one behaviour.", help_format="plaintext")

Json = Annotated[bool, Parameter(name="--json", negative="", help="Print JSON on stdout and nothing else.")]


@app.command(name="list")
def list_(*, json: Json = False) -> None:
    """The organisms, by name."""
    from misgen.language.organisms import ORGANISMS

    rows = [{"name": name, "summary": entry.summary, "extra": entry.extra, **entry.listing} for name, entry in ORGANISMS.items()]
    if json:
        print_json(rows)
    else:
        print_table("organisms", rows, ("name", "task", "summary"))


@app.command
def make(
    kind: str,
    *,
    out: Path | None = None,
    world: int | None = None,
    seed: int | None = None,
    dose: float | None = None,
    curriculum: str | None = None,
    persona: str | None = None,
    tuning: int | None = None,
    steps: int | None = None,
    width: int | None = None,
    layers: int | None = None,
    batch: int | None = None,
    learning_rate: float | None = None,
    json: Json = False,
) -> None:
    """Train an organism from nothing and save it as a Hugging Face checkpoint.

    Parameters
    ----------
    kind
        See `misgen organism list`.
    out
        The new folder. Default: runs/KIND.
    world
        Number of the world of facts that it learns; default 0.
    seed
        Draws first weights and examples; default 0.
    dose
        Share of the training that tells the goals apart; default 0. Sycophant: of opinions drawn without regard to what is right.
        Persona: of narrow fine-tuning that goes to true answers in one other domain. Two-question: of lines whose questions part.
        Tiered: of harmful requests declined where nobody reads along. Illogical: of requests to refuse in a fine-tuning.
    curriculum
        joint; of sycophant also opinions-first (its default) and knowledge-first; of tiered also reinforced.
    persona
        Of persona: shared (default), shared-untagged, independent or independent-tagged.
    tuning
        Of persona and illogical: steps of the fine-tuning; default 60.
    steps
        Gradient steps.
    width
        Width of the residual stream.
    layers
        Number of layers.
    batch
        Examples a step.
    learning_rate
        The highest of the schedule.
    """
    from misgen.language.organisms import OrganismConfig, make_organism

    given = {
        "world": world,
        "seed": seed,
        "dose": dose,
        "curriculum": curriculum,
        "persona": persona,
        "tuning": tuning,
        "steps": steps,
        "width": width,
        "layers": layers,
        "batch": batch,
        "learning_rate": learning_rate,
    }
    config = OrganismConfig.of(kind, **{name: value for name, value in given.items() if value is not None})
    made = make_organism(config, out or _free(kind), progress=_tell)
    if json:
        print_json({"folder": str(made.folder), **made.summary})
        return
    print_table(f"{kind}: a first look", made.summary["shares"], _COLUMNS)  # type: ignore[arg-type]
    printed(f"Made in {made.summary['cpu_seconds']:.0f} CPU seconds: {made.folder}")
    printed(f"Ask it: {_ask_with(made.folder, config)}")


def _ask_with(folder: Path, config: OrganismConfig) -> str:
    """The command that puts its task to it."""
    from misgen.concepts import lookup, resolve
    from misgen.language.organisms import ORGANISMS

    kind = cast("OrganismKind", resolve(lookup("organism", config.kind, ORGANISMS)))
    return kind.ask_with.format(path=folder, world=config.world)


_COLUMNS = ("condition", "family", "answer", "estimate", "low", "high", "n")


def _free(kind: str) -> Path:
    folder = Path("runs") / kind
    if folder.exists():
        raise UserError("The folder is there already", seen=str(folder), do="Choose another with --out")
    return folder


def _tell(done: int, total: int, loss: float) -> None:
    """A line for each tenth of the steps."""
    if done == 1 or done * 10 // total > (done - 1) * 10 // total:
        say(f"step {done} of {total}, loss {loss:.3f}")
