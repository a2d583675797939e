"""The dashboard and the alert rules ask only for what a scrape has, and lead to pages that are there.

What the expressions come to is tried with Prometheus itself: `promtool test rules alerts.test.yml`.
"""

import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml  # type: ignore[import-untyped]  # a package of stubs for a few calls is too much

from callbot.errors import GraphError
from callbot.metrics.catalogue import BUILD, OF_BOTS
from tests.docs.test_documents import anchors
from tests.docs.test_pages import CODE
from tests.metrics.conftest import Scraped, Watch
from tests.metrics.test_scrape import Clerk, settled_after_calls

ROOT = Path(__file__).parents[2]
ALERTS = yaml.safe_load((ROOT / "config" / "prometheus" / "alerts.yml").read_text(encoding="utf-8"))
RULES: list[dict[str, Any]] = [rule for group in ALERTS["groups"] for rule in group["rules"]]
TRIED = (ROOT / "config" / "prometheus" / "alerts.test.yml").read_text(encoding="utf-8")
DASHBOARD = json.loads((ROOT / "config" / "grafana" / "callbot.json").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]

FUNCTIONS = {"sum", "min", "max", "count", "rate", "increase", "histogram_quantile", "absent"}
WORDS = {"by", "on", "and"}
OF_TARGETS = {"instance", "job"}  # labels that Prometheus adds
SELECTOR = re.compile(r"\b([a-z]\w*)\s*\{([^}]*)\}")
MATCHER = re.compile(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"')


class Asked(NamedTuple):
    """What an expression asks for: metrics, matchers of each, and the labels it groups by."""

    metrics: set[str]
    matchers: list[tuple[str, str, str]]
    grouped: set[str]


def asked(expression: str) -> Asked:
    """Take an expression apart; every word of it must be one that this knows."""
    matchers: list[tuple[str, str, str]] = []

    def without_matchers(found: re.Match[str]) -> str:
        pairs = MATCHER.findall(found[2])
        assert re.sub(r"[\s,]", "", MATCHER.sub("", found[2])) == "", f"{found[0]} cannot be read"
        matchers.extend((found[1], label, value) for label, _, value in pairs)
        return found[1]

    plain = re.sub(r"\[[^\]]*\]", "", SELECTOR.sub(without_matchers, expression))
    grouped = {
        label.strip()
        for group in re.findall(r"\b(?:by|on)\s*\(([^)]*)\)", plain)
        for label in group.split(",")
    }
    plain = re.sub(r"\b(by|on)\s*\([^)]*\)", "", plain)
    words = re.findall(r"\b[A-Za-z_]\w*\b", plain)
    return Asked(set(words) - FUNCTIONS - WORDS, matchers, grouped)


def expressions() -> Iterator[tuple[str, str, str]]:
    """Every expression there is: where it stands, itself, and the text that is filled from its labels."""
    for rule in RULES:
        yield rule["alert"], rule["expr"], " ".join(rule["annotations"].values())
    for panel in PANELS:
        for target in panel["targets"]:
            yield panel["title"], target["expr"], target["legendFormat"]


def check(where: str, expression: str, text: str, labels: dict[str, set[str]], values: set[str]) -> None:
    found = asked(expression)
    assert found.metrics, where
    assert found.metrics <= labels.keys(), f"{where}: there is no {found.metrics - labels.keys()}"
    has = set().union(*(labels[name] for name in found.metrics)) | OF_TARGETS
    assert found.grouped <= has, f"{where}: no metric of it has {found.grouped - has}"
    for name, label, value in found.matchers:
        assert label in labels[name], f"{where}: {name} has no {label}"
        for word in value.split("|"):
            assert word == "$bot" or word in values or f'"{word}"' in CODE, (
                f"{where}: {label} is never {word}"
            )
    shown = set(re.findall(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}", text))
    assert shown <= (found.grouped or has), f"{where}: {shown - found.grouped} is not there to show"


async def test_every_expression_asks_for_what_is_scraped(watch: Watch) -> None:
    bot = Clerk()
    async with watch(bot) as world:
        await settled_after_calls(world, bot)
        scraped = await world.scrape()
    values = {value for sample in scraped.samples for value in sample.labels.values()}
    values |= {error_word(error) for error in GraphError.__subclasses__() + subclasses_of_subclasses()}
    for where, expression, text in expressions():
        check(where, expression, text, labels_of(scraped), values)


def labels_of(scraped: Scraped) -> dict[str, set[str]]:
    return {sample.name: set(sample.labels) for sample in scraped.samples}


def subclasses_of_subclasses() -> list[type[GraphError]]:
    return [grandchild for child in GraphError.__subclasses__() for grandchild in child.__subclasses__()]


def error_word(error: type[GraphError]) -> str:
    return re.sub(r"(?<!^)([A-Z])", r"_\1", error.__name__).lower()


@pytest.mark.parametrize(
    "expression",
    [
        "sum(rate(callbot_no_such_total[5m]))",
        'rate(callbot_callbacks_total{reason="full"}[5m])',
        'rate(callbot_callbacks_total{result="fool"}[5m])',
        "sum by (hook) (rate(callbot_callbacks_total[5m]))",
        "summ(callbot_ready)",
        'callbot_ready{bot="b" oops}',
    ],
)
def test_a_mistake_in_an_expression_is_found(expression: str) -> None:
    labels = {"callbot_callbacks_total": {"bot", "result"}, "callbot_ready": {"bot"}}
    with pytest.raises(AssertionError):
        check("here", expression, "", labels, {"accepted", "b"})
    check(
        "here",
        'sum by (bot) (rate(callbot_callbacks_total{result!~"accepted|full"}[5m]))',
        "{{bot}}",
        labels,
        {"accepted"},
    )


# -- alerts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_says_what_is_wrong_and_where_to_read_on(rule: dict[str, Any]) -> None:
    assert rule.keys() == {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in {"critical", "warning"}
    assert rule["annotations"].keys() == {"summary", "description", "runbook_url"}
    page, _, anchor = rule["annotations"]["runbook_url"].partition("#")
    assert anchor in anchors(ROOT / page)


def test_every_alert_has_its_own_name_and_was_seen_to_fire() -> None:
    names = [rule["alert"] for rule in RULES]
    assert len(set(names)) == len(names)
    assert sorted(re.findall(r'labels: \'\{alertname="(\w+)"\}\', value: 1', TRIED)) == sorted(names)
    assert yaml.safe_load(TRIED)["rule_files"] == ["alerts.yml"]


# -- the dashboard -------------------------------------------------------------------------------------


def test_every_metric_is_on_the_dashboard() -> None:
    shown = set().union(*(asked(target["expr"]).metrics for panel in PANELS for target in panel["targets"]))
    for metric in (*OF_BOTS, BUILD):
        assert any(name.startswith(metric.name) for name in shown), metric.name


def test_the_dashboard_is_of_whatever_data_source_and_bot_are_chosen() -> None:
    variables = {one["name"]: one for one in DASHBOARD["templating"]["list"]}
    assert variables["datasource"]["type"] == "datasource"
    assert variables["datasource"]["query"] == "prometheus"
    assert variables["bot"]["definition"] == variables["bot"]["query"]["query"]
    assert variables["bot"]["includeAll"]
    source = {"type": "prometheus", "uid": "${datasource}"}
    for panel in PANELS:
        assert panel["datasource"] == source
        for target in panel["targets"]:
            assert target["datasource"] == source
            of_bots = [name for name in asked(target["expr"]).metrics if name.startswith("callbot_")]
            of_bots = [name for name in of_bots if name != BUILD.name]
            assert target["expr"].count('bot=~"$bot"') >= len(of_bots)


def test_the_rows_are_those_that_people_look_for() -> None:
    rows = [panel["title"] for panel in DASHBOARD["panels"] if panel["type"] == "row"]
    assert rows == ["Calls", "Callbacks", "Handlers", "Graph", "Health"]


def test_no_panel_lies_on_another_and_each_has_its_own_number() -> None:
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert DASHBOARD["schemaVersion"] >= 38  # Grafana 10
    for one, other in itertools.combinations([panel["gridPos"] for panel in panels], 2):
        beside = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        below = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert beside or below
    assert all(panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24 for panel in panels)
    assert all(panel.get("description") for panel in PANELS)


# -- the runbook ---------------------------------------------------------------------------------------


def test_the_runbook_names_metrics_that_there_are() -> None:
    page = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(callbot_\w+)`", page))
    assert named
    assert named <= {metric.name for metric in (*OF_BOTS, BUILD)}
    by_hand = page.partition("## By hand")[0]
    for heading in re.findall(r"^\| (?:Log line|Seen|Reason) \|.*$", by_hand, re.MULTILINE):
        assert re.search(r"\| Metric \| Cause \| What to do \|$", heading)
