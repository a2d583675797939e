"""The links people join a meeting with."""

import json
import re
from contextlib import suppress
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.errors import InvalidArgument
from callbot.graph import MeetingCoordinates, MeetingId, meeting_call, parse_join_link

THREAD = "19:meeting_Win6Ydo4wsMijFjZS00ZGVjLTk5MGUtOTRjNWY2NmNkYTFm@thread.v2"
TENANT = "aa67bd4c-8475-432d-bd41-39f255720e0a"
ORGANIZER = "112f7296-5fa4-42ca-bae8-6a692b15d4b8"
CONTEXT = json.dumps({"Tid": TENANT, "Oid": ORGANIZER})
MEETING = MeetingCoordinates(THREAD, ORGANIZER, TENANT)
CHANNEL = MeetingCoordinates("19:abc@thread.tacv2", ORGANIZER, TENANT, "1533758867081", "1533758867081")
CALLBACK = "https://bot.example.com/api/calls"


def link(host: str = "teams.microsoft.com", *, twice: bool = False, rest: str = "", path: str = "") -> str:
    thread, context = quote(THREAD, safe=""), quote(CONTEXT, safe="")
    if twice:
        thread, context = quote(thread), quote(context)
    return f"https://{host}{path}/l/meetup-join/{thread}/0?context={context}{rest}"


@pytest.mark.parametrize(
    "text",
    [
        link(),
        f"  {link()}\n",
        link(twice=True),
        link(rest="&anon=true&deeplinkId=1b2c%7d"),
        link("gov.teams.microsoft.us"),
        link("dod.teams.microsoft.us"),
        link("teams.cloud.microsoft"),
        link(path="/_#"),
        f"https://teams.microsoft.com/l/meetup-join/{THREAD}/0?context={CONTEXT}",
        f"https://teams.microsoft.com/l/meetup-join/{THREAD}/0?anon=true&context={CONTEXT}",
        "https://teams.microsoft.com/dl/launcher/launcher.html?url="
        + quote(link(path="/_#").removeprefix("https://teams.microsoft.com"), safe="")
        + "&type=meetup-join&deeplinkId=1",
        "https://nam02.safelinks.protection.outlook.com/?url=" + quote(link(), safe="") + "&data=05%7C01",
    ],
)
def test_a_long_link_names_chat_and_organizer(text: str) -> None:
    assert parse_join_link(text) == MEETING


def test_a_link_to_a_channel_meeting_names_its_message() -> None:
    context = json.dumps({"Tid": TENANT, "Oid": ORGANIZER, "MessageId": "1533758867081"})
    text = (
        f"https://teams.microsoft.com/l/meetup-join/19%3Aabc%40thread.tacv2/1533758867081?context={context}"
    )
    assert parse_join_link(text) == CHANNEL


def test_a_long_link_without_context_has_to_be_completed_before_joining() -> None:
    meeting = parse_join_link(f"https://teams.microsoft.com/l/meetup-join/{quote(THREAD, safe='')}/0")
    assert meeting == MeetingCoordinates(THREAD, None, None)
    with pytest.raises(InvalidArgument, match="organizer_id"):
        meeting_call(meeting, callback_uri=CALLBACK)
    assert isinstance(meeting, MeetingCoordinates)
    whole = replace(meeting, organizer_id=ORGANIZER, tenant_id=TENANT)
    assert meeting_call(whole, callback_uri=CALLBACK)["tenantId"] == TENANT


@pytest.mark.parametrize(
    ("text", "meeting"),
    [
        ("https://teams.microsoft.com/meet/2481234567890?p=AbC9dE", MeetingId("2481234567890", "AbC9dE")),
        ("https://teams.microsoft.com/meet/2481234567890", MeetingId("2481234567890")),
        ("https://teams.microsoft.com/meet/24812?x=1&p=a%2Bb&y=2#top", MeetingId("24812", "a+b")),
        ("https://gov.teams.microsoft.us/meet/24812?p=x", MeetingId("24812", "x")),
    ],
)
def test_a_short_link_names_meeting_id_and_passcode(text: str, meeting: MeetingId) -> None:
    assert parse_join_link(text) == meeting


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("https://teams.live.com/meet/9312345678?p=x", "personal meeting"),
        ("https://teams.live.com/l/meetup-join/19:x@thread.v2/0", "personal meeting"),
        ("https://teams.microsoft.com.evil.example/meet/1", "must be an https address at one of"),
        ("http://teams.microsoft.com/meet/1", "must be an https address"),
        ("https://zoom.example/j/1", "must be an https address"),
        ("", "must be an https address"),
        ("https://[", "not an address"),
        ("https://teams.microsoft.com/l/channel/19%3Ax/General", "none of a meeting"),
        ("https://teams.microsoft.com/meet/hello", "none of a meeting"),
        (link()[:-5], "context is not readable"),
        ("https://teams.microsoft.com/" + "x" * 9000, "9028 characters"),
    ],
)
def test_a_link_that_cannot_be_used_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(InvalidArgument, match=re.escape(reason)):
        parse_join_link(text)


def test_a_refused_link_is_not_repeated_in_the_error() -> None:
    with pytest.raises(InvalidArgument) as caught:
        parse_join_link("https://teams.live.com/meet/9312345678?p=opensesame")
    assert "opensesame" not in str(caught.value)


def test_a_meeting_id_may_be_typed_as_it_is_shown() -> None:
    assert MeetingId("248 123 456 789").join_meeting_id == "248123456789"
    with pytest.raises(InvalidArgument):
        MeetingId("my meeting")


@given(
    thread=st.from_regex(r"19:[A-Za-z0-9_\-]{1,60}@thread\.(v2|tacv2|skype)", fullmatch=True),
    message=st.integers(0, 10**13),
    times=st.integers(0, 2),
    rest=st.from_regex(r"(&[a-z]{1,5}=[A-Za-z0-9]{0,5}){0,3}", fullmatch=True),
)
def test_any_meeting_comes_back_however_often_it_was_encoded(
    thread: str, message: int, times: int, rest: str
) -> None:
    context = CONTEXT
    written = thread
    for _ in range(times):
        written, context = quote(written, safe=""), quote(context, safe="")
    text = f"https://teams.microsoft.com/l/meetup-join/{written}/{message}?context={context}{rest}"
    assert parse_join_link(text) == MeetingCoordinates(thread, ORGANIZER, TENANT, str(message))


@given(
    st.text(max_size=200),
    st.sampled_from(
        ["", "https://teams.microsoft.com/", "https://teams.microsoft.com/l/meetup-join/19:a/0?context={"]
    ),
)
def test_no_text_does_more_than_be_refused(text: str, start: str) -> None:
    with suppress(InvalidArgument):
        parse_join_link(start + text)
