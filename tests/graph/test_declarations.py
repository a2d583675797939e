"""One declaration for each verb: what is sent, what is checked, what is documented."""

import inspect
import re
from pathlib import Path

import pytest

from callbot.errors import InvalidArgument
from callbot.graph import (
    GraphClient,
    MeetingId,
    Outcome,
    Repeat,
    Verb,
    group_call,
    meeting_call,
    peer_to_peer,
)
from callbot.graph.limits import (
    CALLBACK_URI,
    CLIENT_CONTEXT,
    Limit,
    at_least,
    at_least_one,
    between,
    one_of,
    size,
)
from callbot.graph.outgoing import invitation
from callbot.graph.table import COLUMNS, markdown, rows
from callbot.graph.verbs import VERBS
from callbot.graph.verbs.beta import BetaVerbs
from callbot.model import Application, Guest, Phone, ResourceAccount, User
from tests.graph.conftest import OpenClient
from tests.graph.servers import CALL, ScriptedGraph

CALLBACK = "https://bot.example.com/api/calls"
API = Path(__file__).parents[2] / "docs" / "api.md"


def method_of(verb: Verb) -> object:
    door, _, name = verb.name.rpartition(".")
    return getattr(BetaVerbs if door else GraphClient, name, None)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_declared_verb_is_a_documented_coroutine(verb: Verb) -> None:
    method = method_of(verb)
    assert inspect.iscoroutinefunction(method)
    assert method.__doc__
    assert "tenant" in inspect.signature(method).parameters


def test_every_public_coroutine_of_the_client_is_declared() -> None:
    declared = {verb.name for verb in VERBS}
    for prefix, kind in (("", GraphClient), ("beta.", BetaVerbs)):
        for name, _ in inspect.getmembers(kind, inspect.iscoroutinefunction):
            assert name.startswith("_") or name in {"open", "close", "sign_in"} or prefix + name in declared


def test_no_two_verbs_have_the_same_name_or_operation() -> None:
    assert len({verb.name for verb in VERBS}) == len(VERBS)
    assert len({(verb.version, verb.method, verb.path) for verb in VERBS}) == len(VERBS)


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_verb_whose_end_comes_later_says_what_follows(verb: Verb) -> None:
    assert bool(verb.follows) or verb.outcome is Outcome.NOW
    assert verb.docs
    assert verb.does


def test_whatever_can_be_heard_or_called_twice_is_never_repeated_freely() -> None:
    never = {
        "create_call",
        "transfer",
        "play_prompt",
        "record_response",
        "send_dtmf_tones",
        "invite",
        "start_hold_music",
        "create_audio_routing_group",
    }
    assert never <= {verb.name for verb in VERBS if verb.repeat is Repeat.REFUSED}


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_every_read_may_be_repeated(verb: Verb) -> None:
    assert verb.method != "GET" or verb.repeat is Repeat.FREELY


# -- limits -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "good", "bad"),
    [
        (size("prompts", "prompts", 1, 20), [["x"], ["x"] * 20], [[], ["x"] * 21, 5]),
        (size("targets", "people", 0, 5), [[], ["x"] * 5], [["x"] * 6]),
        (CLIENT_CONTEXT, ["x", "x" * 256], ["", "x" * 257]),
        (between("timeout", "seconds", 15, 90), [15, 90], [14, 91, 15.5, "15", True]),
        (at_least("delay", "ms", 0), [0, 10**9], [-1, "0"]),
        (at_least_one("tones", "tone"), [["x"]], [[]]),
        (one_of("role", "viewer", "sharer"), ["viewer"], ["Viewer", 1]),
        (
            CALLBACK_URI,
            [CALLBACK, "https://bot.example.com:9441/x?y"],
            ["http://b/", "https://", "b", 1, "https://["],
        ),
    ],
)
def test_a_limit_holds_to_its_ends_and_not_beyond(
    limit: Limit, good: list[object], bad: list[object]
) -> None:
    assert [limit.complaint({limit.key: value}) for value in good] == [None] * len(good)
    assert all(str(limit.text) in str(limit.complaint({limit.key: value})) for value in bad)
    assert limit.complaint({}) is None
    assert limit.complaint({limit.key: None}) is None


# -- clouds -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cloud", ["UsGovL4", "UsGovL5"])
async def test_a_verb_the_cloud_lacks_fails_before_it_is_sent(
    open_client: OpenClient, graph: ScriptedGraph, cloud: str
) -> None:
    client = await open_client(cloud=cloud)
    with pytest.raises(InvalidArgument, match=f"cloud {cloud} does not have this operation") as caught:
        await client.send_dtmf_tones(CALL, ["tone1"], tenant=None, client_context="c")
    assert caught.value.verb == "send_dtmf_tones"
    assert not graph.seen


async def test_a_parameter_the_cloud_lacks_fails_before_it_is_sent(
    open_client: OpenClient, graph: ScriptedGraph
) -> None:
    client = await open_client(cloud="UsGovL4")
    with pytest.raises(InvalidArgument, match="participant_capacity"):
        await client.answer(CALL, tenant=None, callback_uri=CALLBACK, participant_capacity=5)
    assert not graph.seen
    await client.answer(CALL, tenant=None, callback_uri=CALLBACK)
    assert len(graph.seen) == 1


async def test_a_parameter_of_an_item_the_cloud_lacks_fails_too(open_client: OpenClient) -> None:
    client = await open_client(cloud="UsGovL5")
    hidden = invitation(User("u")).model_copy(update={"hidden": True})
    with pytest.raises(InvalidArgument, match=r"participants\.hidden"):
        await client.invite(CALL, [hidden], tenant=None, client_context="c")


async def test_china_has_no_calls_whatever_root_it_is_given(
    open_client: OpenClient, graph: ScriptedGraph
) -> None:
    client = await open_client(cloud="China")
    with pytest.raises(InvalidArgument, match="China"):
        await client.get_call(CALL, tenant=None)
    assert not graph.seen


# -- bodies of a create -------------------------------------------------------------------------------


def test_a_telephone_is_called_from_a_resource_account() -> None:
    with pytest.raises(InvalidArgument, match="resource account"):
        peer_to_peer(Phone("+493012345678"), callback_uri=CALLBACK)
    body = peer_to_peer(Phone("+493012345678"), callback_uri=CALLBACK, source=ResourceAccount("ra"))
    assert '"applicationInstance"' in str(body).replace("'", '"')


def test_a_group_is_more_than_one() -> None:
    with pytest.raises(InvalidArgument, match="at least two"):
        group_call([User("a")], source=Application("b"), callback_uri=CALLBACK)


def test_a_guest_gives_the_name_the_others_see() -> None:
    body = meeting_call(MeetingId("123"), callback_uri=CALLBACK, guest=Guest("g", "A guest"), tenant="t")
    source = body["source"]
    assert isinstance(source, dict)
    assert source["identity"]["guest"]["displayName"] == "A guest"
    assert body["tenantId"] == "t"


# -- the table ----------------------------------------------------------------------------------------


def test_the_documentation_holds_the_table_the_code_makes() -> None:
    assert markdown() in API.read_text(encoding="utf-8")


def test_the_table_has_a_row_for_each_verb() -> None:
    assert len(rows()) == len(VERBS)
    assert all(len(row) == len(COLUMNS) and all(row) for row in rows())


def test_the_table_says_what_a_cloud_lacks() -> None:
    row = next(row for row in rows() if row[1] == "transfer")
    assert re.search(r"UsGovL4, UsGovL5; without transferee.* in UsGovL4, UsGovL5", row[5])
