"""Placing a call for an admin: what the body of the request may say, and what is made of it.

Messages have the keys of the body in backticks: `call place` puts its options in their place.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from callbot.admin.answers import Refusal
from callbot.admin.watched import WatchedBot
from callbot.bot import Call
from callbot.model import Phone, ResourceAccount, User

_WHOM = ("user", "phone", "join_link", "meeting_id")
_OBJECT_IDS = ("user", "resource_account")
_IS_GUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE).fullmatch


class Placement(BaseModel):
    """Whom to call, or which meeting to join: exactly one of `user`, `phone`, `join_link`, `meeting_id`."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, str_min_length=1)

    user: str | None = Field(None, description="object id of a user")
    phone: str | None = Field(None, description="telephone number, +4930...")
    resource_account: str | None = Field(None, description="object id of the one that calls a telephone")
    join_link: str | None = Field(None, description="link to a meeting")
    meeting_id: str | None = Field(None, description="id of a meeting, as in its invitation")
    passcode: str | None = Field(None, description="passcode of that meeting")
    as_guest: str | None = Field(None, description="the name the bot shows, to join as a guest")
    tenant: str | None = Field(None, description="tenant of the call where it is not the bot's")
    subject: str | None = Field(None, description="subject of the call")
    app_id: str | None = Field(None, description="which bot, where there are several")

    @model_validator(mode="after")
    def _check(self) -> Self:
        given = [key for key in _WHOM if getattr(self, key) is not None]
        if len(given) != 1:
            raise ValueError(f"give exactly one of {_keys(_WHOM)}")
        for key, needs in (
            ("resource_account", ("user", "phone")),
            ("subject", ("user", "phone")),
            ("passcode", ("meeting_id",)),
            ("as_guest", ("join_link", "meeting_id")),
        ):
            if getattr(self, key) is not None and given[0] not in needs:
                raise ValueError(f"`{key}` goes with {_keys(needs, ' or ')}")
        if self.phone is not None:
            Phone(self.phone)
            if self.resource_account is None:
                raise ValueError("`phone` needs a `resource_account` that has a number and calls it")
        for key in _OBJECT_IDS:
            given_id = getattr(self, key)
            if given_id is not None and not _IS_GUID(given_id):
                raise ValueError(
                    f"`{key}` is no object id, such as 3f0c9a7e-5b1d-4e2a-9c8f-0a1b2c3d4e5f: Microsoft Entra "
                    "has it on the page of the user, and `az ad user show --id NAME --query id` prints it"
                )
        return self


def read_placement(body: bytes) -> Placement:
    """Return what a body asks for. Raises `Refusal` with every mistake in words, and none of the values."""
    try:
        return Placement.model_validate_json(body or b"{}")
    except ValidationError as error:
        mistakes = [_words(one["loc"], one["msg"]) for one in error.errors(include_url=False)]
        raise Refusal(400, "BadRequest", "; ".join(mistakes)) from None


async def place(bots: Sequence[WatchedBot], placement: Placement) -> tuple[WatchedBot, Call]:
    """Place the call. Raises `Refusal`, or the error of the verb."""
    bot = _which(bots, placement.app_id)
    runtime = bot.runtime
    why = runtime.closed_because
    if why is None and not runtime.ownership.held:
        why = "another process looks after the calls"
    if why is not None:
        raise Refusal(503, "NotNow", f"this process places no calls now: {why}")
    account = placement.resource_account
    source = None if account is None else ResourceAccount(account)
    if placement.user is not None or placement.phone is not None:
        to = User(placement.user) if placement.user is not None else Phone(placement.phone or "")
        return bot, await runtime.bot.place_call(
            to, source=source, subject=placement.subject, tenant=placement.tenant
        )
    return bot, await runtime.bot.join_meeting(
        placement.join_link or placement.meeting_id or "",
        passcode=placement.passcode,
        as_guest=placement.as_guest,
        tenant=placement.tenant,
    )


def _which(bots: Sequence[WatchedBot], app_id: str | None) -> WatchedBot:
    found = [bot for bot in bots if app_id is None or bot.app_id.lower() == app_id.lower()]
    if len(found) == 1:
        return found[0]
    known = ", ".join(bot.app_id for bot in bots)
    raise Refusal(400, "BadRequest", f"`app_id` says which bot: {known}")


def _words(loc: Sequence[int | str], message: str) -> str:
    key = ".".join(str(part) for part in loc)
    words = message.removeprefix("Value error, ")
    if words.startswith("Extra inputs"):
        return f"unknown key {key}: there are {_keys(Placement.model_fields)}"
    return f"`{key}`: {words}" if key else words


def _keys(names: Iterable[str], between: str = ", ") -> str:
    return between.join(f"`{name}`" for name in names)
