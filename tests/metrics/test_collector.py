"""What a registry gets: several bots apart, labels of a bounded set, the formats, nothing before it asks."""

import subprocess
import sys
from collections.abc import Sequence

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics

from callbot import CallBot, CallState, Settings, Source
from callbot.hosted import HostedBot
from callbot.metrics import metrics_routes
from callbot.metrics.catalogue import OF_BOTS, readings
from callbot.metrics.collector import BotCollector
from callbot.state import Notified, Verdict
from callbot.testing import ManualClock
from tests.metrics.conftest import Scraped, Watch


def hosted(app_id: str, path: str = "/api/calls", **more: object) -> HostedBot:
    values: dict[str, object] = {
        "app_id": app_id,
        "tenant_id": "t",
        "client_secret": "never sent",
        "callback_url": f"https://bot.example.com{path}",
        "graph_root": "https://localhost",
    }
    return HostedBot(CallBot(), Settings(**(values | more)), clock=ManualClock())


def scraped(bots: Sequence[HostedBot]) -> Scraped:
    registry = CollectorRegistry()
    registry.register(BotCollector(bots))
    return Scraped(generate_latest(registry).decode())


async def test_several_bots_are_told_apart_by_their_app_id() -> None:
    one, two = hosted("one"), hosted("two")
    one.runtime.registry.transitions[CallState.INCOMING, Source.READ] += 3
    found = scraped([one, two])
    assert found.by("callbot_transitions_total", "bot") == {"one": 3}
    assert found.of("callbot_ready", bot="one") == found.of("callbot_ready", bot="two") == 0


async def test_a_bot_that_is_there_twice_is_told_apart_by_its_path() -> None:
    found = scraped([hosted("one", "/a"), hosted("one", "/b")])
    assert {sample.labels["bot"] for sample in found.samples if "bot" in sample.labels} == {
        "one /a",
        "one /b",
    }


async def test_bots_that_are_attached_later_are_scraped_too() -> None:
    bots = [hosted("one")]
    registry = CollectorRegistry()
    registry.register(BotCollector(bots))
    bots.append(hosted("two"))
    assert 'bot="two"' in generate_latest(registry).decode()


async def test_a_host_cannot_register_the_same_names_twice() -> None:
    registry = CollectorRegistry()
    registry.register(BotCollector([]))
    with pytest.raises(ValueError, match="Duplicated"):
        registry.register(BotCollector([]))


async def test_every_metric_is_announced_before_anything_happened() -> None:
    names = {family.name for family in scraped([hosted("one")]).families}
    assert {metric.family for metric in OF_BOTS} <= names


async def test_a_word_that_the_platform_made_up_is_no_label() -> None:
    """A label's values are a bounded set: each makes a time series that the operator pays for."""
    bot = hosted("one")
    made_up = CallState("levitating")
    bot.runtime.registry.transitions[made_up, Source.NOTIFICATION] += 1
    bot.runtime.caretaker._reconciler.reads["still levitating"] += 1
    bot.runtime.caretaker._reconciler.reads["still establishing"] += 2
    bot.runtime.caretaker._reconciler.reads["still None"] += 4
    text = str([reading for _, reading in readings([bot])])
    assert "levitating" not in text
    found = scraped([bot])
    assert found.of("callbot_transitions_total", state="other", source="notification") == 1
    assert found.by("callbot_reads_total", "trigger") == {"still other": 5, "still establishing": 2}


async def test_there_is_a_zero_before_the_first() -> None:
    """A rate over a counter that appears with its first value misses that one."""
    found = scraped([hosted("one")])
    assert found.of("callbot_callbacks_total", result="accepted") == 0
    assert found.of("callbot_observations_total", kind="notification", result=Verdict.STALE) == 0
    assert found.of("callbot_sign_ins_total", result="authentication_failed") == 0
    assert found.of("callbot_key_fetches_total", result="failed") == 0
    assert found.of("callbot_transitions_total", state="terminated", source="notification") == 0


async def test_a_bot_without_callbacks_has_none_to_show() -> None:
    found = scraped([hosted("one", callbacks="off")])
    assert not [sample for sample in found.samples if sample.name == "callbot_callbacks_total"]
    assert found.of("callbot_calls") == 0


async def test_buckets_are_cumulative() -> None:
    bot = hosted("one")
    for seconds in (0.0004, 0.001, 0.3, 3600.0):
        bot.runtime.handler_times.lag.observe(seconds)
    found = scraped([bot])
    lag = "callbot_callback_lag_seconds"
    bounds = {"0.001": 2, "0.0025": 2, "0.25": 2, "0.5": 3, "60.0": 3, "+Inf": 4}
    assert {le: found.of(f"{lag}_bucket", le=le) for le in bounds} == bounds
    assert found.of(f"{lag}_count") == 4
    assert found.of(f"{lag}_sum") == pytest.approx(3600.3014)


async def test_observations_are_counted_by_kind() -> None:
    bot = hosted("one")
    bot.runtime.registry.verdicts[Notified, Verdict.REPEATED] += 5
    found = scraped([bot])
    assert found.of("callbot_observations_total", kind="notification", result="repeated") == 5


async def test_prometheus_and_openmetrics_get_their_own_format(watch: Watch) -> None:
    async with watch(CallBot()) as world:
        _, plain, text = await world.ask("text/plain;version=0.0.4")
        assert plain.startswith("text/plain; version=")
        assert "# TYPE callbot_callbacks_total counter" in text
        accept = "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2"
        _, open_, text = await world.ask(accept)
        assert open_.startswith("application/openmetrics-text; version=1.0.0")
        names = {family.name for family in openmetrics(text)}  # type: ignore[no-untyped-call]  # it has none
        assert {"callbot_callbacks", "callbot_handler_seconds", "callbot_build_info"} <= names
        assert text.endswith("# EOF\n")


@pytest.mark.parametrize(
    "accept", ["", "*/*", "text/html", "application/openmetrics-text;version=x", ";;;,=", "\xff"]
)
async def test_whatever_is_accepted_there_is_an_answer(accept: str) -> None:
    app = web.Application()
    app.add_routes(metrics_routes([hosted("one")]))
    async with TestClient(TestServer(app)) as client:
        response = await client.get("/metrics", headers={"Accept": accept})
        assert response.status == 200
        assert "callbot_ready" in await response.text()


def test_nobody_waits_for_prometheus_client_who_does_not_ask_for_it() -> None:
    code = (
        "import sys, callbot, callbot.service, callbot.metrics;"
        "assert 'prometheus_client' not in sys.modules;"
        "callbot.metrics.metrics_routes([]);"
        "assert 'prometheus_client' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=30)
