"""The table of all verbs, made from their declarations: `python -m callbot api` and docs/api.md show it."""

from collections.abc import Iterable

from callbot.clouds import CLOUDS
from callbot.graph.limits import parameter_name
from callbot.graph.verb import Verb
from callbot.graph.verbs import VERBS

COLUMNS = ("Operation", "Verb", "What it does", "Permission", "Limits", "Clouds", "Outcome", "What follows")


def rows(verbs: Iterable[Verb] = VERBS) -> list[tuple[str, ...]]:
    """Return one row for each verb, in the order of `COLUMNS`."""
    return [
        (
            f"{verb.method} /{verb.version}{verb.path}",
            verb.name,
            verb.does,
            ", ".join(verb.permissions) or "none of its own",
            "; ".join(str(limit) for limit in verb.limits) or "none",
            _clouds(verb),
            str(verb.outcome),
            ", ".join(verb.follows) or "nothing",
        )
        for verb in verbs
    ]


def markdown() -> str:
    """Return the table in Markdown; each operation links to the vendor's page."""
    lines = ["| " + " | ".join(COLUMNS) + " |", "|" + "---|" * len(COLUMNS)]
    for verb, (operation, name, *rest) in zip(VERBS, rows(), strict=True):
        cells = [f"[`{operation}`]({verb.documentation})", f"`{name}`", *rest]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _clouds(verb: Verb) -> str:
    having = [name for name in CLOUDS if name not in verb.lacking]
    gaps: dict[str, list[str]] = {}
    for path, clouds in verb.gaps.items():
        without = ", ".join(name for name in having if name in clouds)
        if without:
            gaps.setdefault(without, []).append(parameter_name(path))
    notes = [f"without {', '.join(keys)} in {clouds}" for clouds, keys in gaps.items()]
    return "; ".join([", ".join(having), *notes])
