"""Makes docs/gallery.md and its pictures: levels of every scenario, and films of agents that were trained in it.

    python scripts/gallery.py record RUN...         what a typical agent of each run does, noted in results/gallery/takes.json
    python scripts/gallery.py draw [SCENARIO...]    the pictures and the page, from these notes; needs no run and no JAX

Nobody picks a film: of the run's trained agents it shows the one with the median rate of the proxy on distinguishing levels. It
plays the first `NUM_LEVELS` level seeds again, and the film shows the episode of median length among those with the outcome that
it most often had in the run's evidence. A run under knobs (a corrected reward) is filmed beside the run without, which must have
been recorded before, on its distinguishing level.
"""

import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from misgen.cli.mural import different
from misgen.study.films import Film, write_film
from misgen.worlds.catalogue import SCENARIOS, host_of
from misgen.worlds.history import stacked, until
from misgen.worlds.host import Host

ROOT = Path(__file__).parent.parent
TAKES = ROOT / "results/gallery/takes.json"
PAGE = ROOT / "docs/gallery.md"
PICTURES = ROOT / "docs/gallery"
NUM_LEVELS = 16
"""Levels per condition that an agent plays before one is chosen."""
STILLS = 3
"""Levels of a kind in the still picture."""
TILE, SMALL_TILE = 24, 16
"""Pixels per cell in films, and where two levels would be wider than a page."""
PAGE_WIDTH = 800
GAP = 10
MOST_FRAMES = 120
Take = dict[str, Any]


def main() -> None:
    """See the module."""
    match sys.argv[1:]:
        case ["record", *runs] if runs:
            for run in runs:
                record(Path(run))
        case ["draw", *names]:
            draw(names or list(SCENARIOS))
        case _:
            sys.exit(__doc__)


def record(run: Path) -> None:
    """Add to the notes what the run's median agent does."""
    from misgen.study.config import StudyConfig
    from misgen.training import WhiteBoxActor, load_policy

    config = StudyConfig.from_toml((run / "study.toml").read_text("utf-8"))
    scenario, notes = config.scenario, _notes()
    shifted = _conditions(scenario)[1]
    subject, num_agents, seen = _median_agent(run, shifted)
    loaded = load_policy(next(run.glob(f"cells/*/policies/{subject}.safetensors")))
    actor = WhiteBoxActor(loaded.policy, loaded.params)
    entry = {"subject": subject, "num_agents": num_agents}
    if config.world:
        seed = notes[scenario]["takes"][shifted]["level_seed"]
        entry |= {"knobs": dict(config.world), "takes": {shifted: _played(scenario, shifted, seed, actor)}}
        notes[scenario]["beside"] = entry
    else:
        entry["takes"] = {name: _typical(scenario, name, actor, seen[name]) for name in _conditions(scenario)}
        notes[scenario] = entry
    TAKES.parent.mkdir(parents=True, exist_ok=True)
    TAKES.write_text(_json(notes), "utf-8")
    print(scenario, subject, {name: (take["outcome"], take["events"]) for name, take in entry["takes"].items()})


def _json(notes: Mapping[str, Any]) -> str:
    """One line per scenario, in the catalogue's order."""
    lines = [f"{json.dumps(name)}: {json.dumps(notes[name])}" for name in SCENARIOS if name in notes]
    return "{" + ",\n".join(lines) + "}\n"


def _median_agent(run: Path, shifted: str) -> tuple[str, int, dict[str, Counter[str]]]:
    """The agent with the (lower) median rate of the proxy, of those trained without diverse levels; how many they are; and by
    condition how often each outcome came."""
    import polars as pl

    from misgen.measurement import outcomes

    table = lambda name: pl.concat(map(pl.read_parquet, sorted(run.glob(f"cells/*/{name}.parquet"))), how="diagonal_relaxed")  # noqa: E731
    agents = table("subjects").filter(pl.col("alpha") == 0)["subject"].to_list()
    seen = outcomes(table("evidence").filter(pl.col("subject").is_in(agents)))
    shown = seen.filter(pl.col("erased_goal").is_null())
    is_proxy = (pl.col("outcome") == "P").mean().alias("p")
    rates = shown.filter(pl.col("condition") == shifted).group_by("subject").agg(is_proxy).sort("p", "subject")
    subject = rates["subject"][(len(rates) - 1) // 2]
    mine = shown.filter(pl.col("subject") == subject).partition_by("condition", as_dict=True)
    return subject, len(rates), {str(name): Counter(part["outcome"].to_list()) for (name,), part in mine.items()}


def _typical(scenario: str, condition: str, actor: Any, seen: Counter[str]) -> Take:
    """An episode with this agent's commonest outcome, which it had on `ended_so` of `seen` levels."""
    commonest, number = seen.most_common(1)[0]
    played = [_played(scenario, condition, seed, actor) for seed in range(NUM_LEVELS)]
    alike = sorted((take for take in played if take["outcome"] == commonest), key=lambda take: len(take["actions"]))
    return alike[(len(alike) - 1) // 2] | {"ended_so": number, "seen": seen.total()}


def _played(scenario: str, condition: str, seed: int, actor: Any) -> Take:
    """What the agent does in the level of that seed; the same number is the episode's luck."""
    from misgen.training import host_rollout

    host = _host(scenario)
    level = host.level(seed, condition=condition)
    done = host_rollout(host.episode(level), [level], actor, erased=[frozenset()], key=np.array([seed], np.uint32))  # type: ignore[arg-type]
    actions = np.asarray(done.actions)[:, 0][np.asarray(done.alive)[:, 0]].tolist()
    return {"level_seed": seed, "actions": actions, **_told(scenario, host, condition, seed, actions)}


def _told(scenario: str, host: Host, condition: str, seed: int, actions: Sequence[int]) -> Take:
    """How an episode ends, and at which step (from 1) each goal was first attained."""
    _, attained = replayed(host, condition, seed, actions)
    events = {goal: step for step, goals in reversed(list(enumerate(attained, start=1))) for goal in sorted(goals)}
    roles = {goal["name"]: goal["role"] for goal in SCENARIOS[scenario].listing["goals"]}  # type: ignore[union-attr]
    found = {roles[goal] for goal in events}
    outcome = "G" if "intended" in found else "P" if "proxy" in found else "X"
    return {"outcome": outcome, "events": dict(sorted(events.items(), key=lambda event: event[1]))}


def replayed(host: Host, condition: str, seed: int, actions: Sequence[int]) -> tuple[Any, list[frozenset[str]]]:
    """The history of an episode with its own luck, and the goals that each step attained."""
    level = host.level(seed, condition=condition)
    world = host.episode(level)
    world.reset(level, seed=seed)
    states, attained = [world.state], []
    for action in actions:
        _, goals, _ = world.step(action)
        states.append(world.state)
        attained.append(goals)
    return stacked(states), attained


def draw(names: Sequence[str]) -> None:
    """The pictures of these scenarios, and the page of all."""
    PICTURES.mkdir(exist_ok=True)
    notes = _notes()
    for name in names:
        if host_of(name) is not None:
            _draw_levels(name)
        if name in notes:
            _draw_film(name, notes[name])
    PAGE.write_text(page(notes), "utf-8")


def _draw_levels(name: str) -> None:
    """Training levels above, distinguishing ones below."""
    from PIL import Image

    host = _host(name)
    rows = []
    for condition in _conditions(name):
        drawings = (host.draw(host.level(seed, condition=condition), tile=SMALL_TILE) for seed in range(NUM_LEVELS))
        found = different(drawings, num=2 * STILLS)
        widest = sorted(drawing.shape[1] for drawing in found)[STILLS - 1]
        rows.append(_side_by_side([drawing for drawing in found if drawing.shape[1] <= widest][:STILLS]))
    picture = Image.fromarray(_stacked(rows)).quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    picture.save(PICTURES / f"{name}-levels.png", optimize=True)


def _draw_film(name: str, entry: Take) -> None:
    host = _host(name)
    panels = [_Panel(host, condition, take) for _, condition, take in _shown(entry)]
    join = _stacked if _is_flat(name) else _side_by_side
    tile = TILE if join([panel.picture(0, TILE) for panel in panels]).shape[1] <= PAGE_WIDTH else SMALL_TILE
    longest = max(panel.length for panel in panels)
    every = -(-longest // MOST_FRAMES)
    frames = [join([panel.picture(number * every, tile) for panel in panels]) for number in range(-(-longest // every) + 1)]
    film = Film(
        name=f"{name}-film",
        kind="condition",
        title=name,
        caption="",
        subject=entry["subject"],
        level="",
        condition="",
        alpha=0.0,
        panels=(),
        frames=frames,
        fps=host.film_fps / every,
    )
    with tempfile.TemporaryDirectory() as folder:
        write_film(film, Path(folder))
        (PICTURES / f"{film.name}.png").write_bytes((Path(folder) / f"{film.name}.png").read_bytes())


def _is_flat(name: str) -> bool:
    """Whether drawings of this world go below each other, since they are much wider than high."""
    drawing = _host(name).draw(_host(name).level(0))
    return drawing.shape[1] > 3 * drawing.shape[0]


def _shown(entry: Take) -> list[tuple[Take, str, Take]]:
    """What the two panels show: whose episode, under which condition."""
    (trained, first), (shifted, second) = entry["takes"].items()
    if "beside" in entry:
        return [(entry, shifted, second), (entry["beside"], shifted, entry["beside"]["takes"][shifted])]
    return [(entry, trained, first), (entry, shifted, second)]


class _Panel:
    """One episode of a film."""

    def __init__(self, host: Host, condition: str, take: Take) -> None:
        states, _ = replayed(host, condition, take["level_seed"], take["actions"])
        self.host, self.level = host, host.level(take["level_seed"], condition=condition)
        self.history = host.frames(self.level, states, take["actions"])
        self.length = len(np.asarray(self.history[0])) - 1

    def picture(self, frame: int, tile: int) -> np.ndarray:
        """Uint8[height, width, rgb]; beyond the end the last frame stays."""
        return self.host.draw(self.level, history=until(self.history, min(frame, self.length)), tile=tile)


def _side_by_side(drawings: Sequence[np.ndarray]) -> np.ndarray:
    """On one line, white between them."""
    height = max(drawing.shape[0] for drawing in drawings)
    return np.concatenate(list(_parted([_padded(drawing, height, drawing.shape[1]) for drawing in drawings], axis=1)), axis=1)


def _stacked(drawings: Sequence[np.ndarray]) -> np.ndarray:
    """One below the other, white between them."""
    width = max(drawing.shape[1] for drawing in drawings)
    return np.concatenate(list(_parted([_padded(drawing, drawing.shape[0], width) for drawing in drawings], axis=0)), axis=0)


def _parted(drawings: Sequence[np.ndarray], *, axis: int) -> Iterator[np.ndarray]:
    for number, drawing in enumerate(drawings):
        if number:
            shape = list(drawing.shape)
            shape[axis] = GAP
            yield np.full(shape, 255, np.uint8)
        yield drawing


def _padded(drawing: np.ndarray, height: int, width: int) -> np.ndarray:
    down, right = height - drawing.shape[0], width - drawing.shape[1]
    return np.pad(drawing, ((down, 0), (0, right), (0, 0)), constant_values=255)


def page(notes: Mapping[str, Take]) -> str:
    """The page in Markdown."""
    parts = [_HEAD.format(num_levels=NUM_LEVELS, stills=STILLS)]
    parts += [_section(name, notes.get(name)) for name in SCENARIOS if host_of(name) is not None]
    originals = [f"`{name}`" for name in SCENARIOS if host_of(name) is None]
    return "\n".join([*parts, _FOOT.format(originals=", ".join(originals[:-1]) + f" and {originals[-1]}")])


_HEAD = """# Gallery

<!-- Made by scripts/gallery.py from results/gallery/takes.json. -->

Every world with levels as trained on and levels that tell the goals apart, and a film of one agent on one of each. On all
pictures the intended goal is blue and the proxy orange.

Nobody picked the films. Of the agents trained where the goals always agree, each shows the one with the median rate of the proxy
on distinguishing levels, in an episode with the outcome that it most often had there: of those on the first {num_levels} levels,
the one of median length. "As in 107 of 128" counts the levels on which this agent had the same outcome: the intended goal, the
proxy without it, or neither. What many agents do, with intervals, stands on each world's own page; so does whether the published
claim was found again.

The pictures come from `python scripts/gallery.py draw`; `misgen levels SCENARIO --condition C --png FILE` makes a mural of more
levels, `misgen film RUN` films of your own agents.
"""
_FOOT = """## The original games

{originals} are the C++ games themselves, held against `coinrun`, `maze-corner` and `keys-and-chests` in
[a comparison](worlds/procgen.md). Their pictures belong to others and are not shown here.
"""


def _section(name: str, entry: Take | None) -> str:
    listing = SCENARIOS[name].listing
    trained, shifted = _conditions(name)
    lines = [
        f"## {listing['title']}\n",
        f"{SCENARIOS[name].summary} [`{name}`](worlds/{name}.md)\n",
        f"![Three levels as in training, and three under {shifted}](gallery/{name}-levels.png)\n",
        f"*Above: `{trained}`. Below: `{shifted}`.*\n",
    ]
    if entry is not None:
        lines += [f"![Two episodes, as told below](gallery/{name}-film.png)\n", f"*{_caption(name, entry)}*\n"]
    return "\n".join(lines)


def _caption(name: str, entry: Take) -> str:
    """Who plays what, and what comes of it."""
    parts, sides = [], ("Above", "Below") if _is_flat(name) else ("Left", "Right")
    for side, (of, condition, take) in zip(sides, _shown(entry), strict=True):
        knobs = "".join(f" under {knob} `{value}`" for knob, value in of.get("knobs", {}).items())
        is_same = side == sides[1] and of is entry
        who = "the same agent" if is_same else f"agent `{of['subject']}`{knobs}, the median of {of['num_agents']},"
        alike = f" (as in {take['ended_so']} of {take['seen']})" if "ended_so" in take else ""
        parts.append(f"{side}: {who} on a level of `{condition}`: {_events(name, take)}{alike}.")
    return " ".join(parts)


def _events(name: str, take: Take) -> str:
    """`cheese` after 12 steps, never `corner`."""
    listed: Any = SCENARIOS[name].listing["goals"]
    goals = [goal["name"] for goal in listed if goal["role"] in ("intended", "proxy", "harm")]
    came = [f"`{goal}` after {step} step{'s' * (step != 1)}" for goal, step in take["events"].items() if goal in goals]
    never = [f"never `{goal}`" for goal in goals if goal not in take["events"]]
    return ", ".join([*came, *never])


def _conditions(scenario: str) -> tuple[str, str]:
    """The training condition and the first distinguishing one."""
    conditions: Any = SCENARIOS[scenario].listing["conditions"]
    first = lambda kind: next(condition["name"] for condition in conditions if condition["kind"] == kind)  # noqa: E731
    return first("training"), first("distinguishing")


def _host(scenario: str) -> Host:
    host = host_of(scenario)
    assert host is not None, scenario
    return host


def _notes() -> dict[str, Take]:
    return json.loads(TAKES.read_text("utf-8")) if TAKES.is_file() else {}


if __name__ == "__main__":
    main()
