"""docs/metrics.md names the metrics there are, with their labels, and a scrape has no others."""

import re
from pathlib import Path

from callbot.metrics.catalogue import BUILD, OF_BOTS
from callbot.metrics.metric import BOT, Metric
from tests.metrics.conftest import Scraped, Watch
from tests.metrics.test_scrape import Clerk, settled_after_calls

PAGE = (Path(__file__).parents[2] / "docs" / "metrics.md").read_text(encoding="utf-8")
ROW = re.compile(r"^\| `(callbot_\w+)` \| (\w+) \| (.*?) \| .* \|$", re.MULTILINE)
SHOWN = {name: (kind, tuple(re.findall(r"`(\w+)`", labels))) for name, kind, labels in ROW.findall(PAGE)}
ENDINGS = {"counter": [""], "gauge": [""], "histogram": ["_bucket", "_sum", "_count"]}


def table() -> str:
    """Return the table of the page."""
    rows = [row(metric, (BOT, *metric.labels)) for metric in OF_BOTS] + [row(BUILD, BUILD.labels)]
    return "\n".join(("| Metric | Type | Labels | Meaning |", "|---|---|---|---|", *rows))


def row(metric: Metric, labels: tuple[str, ...]) -> str:
    named = ", ".join(f"`{label}`" for label in labels)
    return f"| `{metric.name}` | {metric.kind} | {named} | {metric.meaning} |"


def test_the_table_is_that_of_the_code() -> None:
    assert table() in PAGE, f"put this into docs/metrics.md:\n{table()}"


async def test_a_scrape_after_calls_is_what_the_page_says(watch: Watch) -> None:
    bot = Clerk()
    async with watch(bot) as world:
        await settled_after_calls(world, bot)
        scraped = await world.scrape()
    ours = {name: labels for name, labels in labels_of(scraped).items() if name.startswith("callbot_")}
    shown = {
        name + ending: labels | ({"le"} if ending == "_bucket" else set())
        for name, (kind, named) in SHOWN.items()
        for ending in ENDINGS[kind]
        for labels in [set(named)]
    }
    assert ours == shown
    kinds = {family.name: family.type for family in scraped.families}
    for name, (kind, _) in SHOWN.items():
        assert kinds[name.removesuffix("_total")] == kind


def labels_of(scraped: Scraped) -> dict[str, set[str]]:
    """Return the labels of each sample name; all its samples have the same."""
    found: dict[str, set[str]] = {}
    for sample in scraped.samples:
        assert found.setdefault(sample.name, set(sample.labels)) == set(sample.labels)
    return found


def test_names_are_as_prometheus_wants_them() -> None:
    for name, (kind, _) in SHOWN.items():
        assert name.endswith("_total") is (kind == "counter")
        assert kind != "histogram" or name.endswith("_seconds")
        assert not re.search(r"(_ms|_millis|_count|_sum|_bucket)$", name)
