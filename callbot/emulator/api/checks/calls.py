"""Checks of what requests say about calls: who is meant, and whether the call allows it."""

from callbot.emulator.api.checks.body import Body
from callbot.emulator.api.exchange import Exchange
from callbot.emulator.calls.call import Call
from callbot.emulator.calls.conversation import Participant
from callbot.emulator.errors import ApiError, invalid_argument, not_established
from callbot.emulator.settings import Cloud, Instance
from callbot.emulator.wire import JsonObject, identity_key, who_is


def people(body: Body, key: str, *, most: int) -> list[JsonObject]:
    """Return the participants a body names, each with an identity and nobody twice."""
    named: list[JsonObject] = []
    for item in body.items(key, most=most):
        if not isinstance(item, dict) or who_is(item.get("identity")) is None:
            raise invalid_argument(f"Each item of '{key}' must have an identity with an id.")
        named.append(item)
    keys = [identity_key(item["identity"]) for item in named]
    if len(set(keys)) != len(keys):
        raise invalid_argument(f"An identity occurs twice in '{key}'.")
    return named


def kind_of(info: JsonObject) -> str:
    """Return the kind of identity a participant has: `user`, `phone`..."""
    found = who_is(info.get("identity"))
    return found[0] if found else ""


def need_connected(call: Call) -> None:
    """Refuse a verb that needs an established call."""
    if not call.connected:
        raise not_established()


def need_group(call: Call) -> None:
    """Refuse a verb that needs an established group call or meeting."""
    need_connected(call)
    if not call.conversation.has_roster:
        raise ApiError(400, 8548, "The operation is supported for group calls only.")


def need_participant(exchange: Exchange) -> Participant:
    """Return the participant the path names."""
    call, wanted = exchange.call, exchange.params["participant"].lower()
    for participant in call.conversation.participants.values():
        if participant.id.lower() == wanted and (call.conversation.has_roster or participant.hears_music):
            return participant
    code = exchange.platform.settings.unsettled.participant_not_found
    raise ApiError(404, code, "Participant not found.")


def calling_instance(exchange: Exchange, call_source: JsonObject | None) -> Instance:
    """Return the resource account a telephone call is placed with; raises when the app has none such."""
    found = who_is((call_source or {}).get("identity"))
    instance = exchange.caller.app.instance(found[1]["id"]) if found is not None else None
    if found is None or found[0] != "applicationInstance" or instance is None:
        raise ApiError(400, 7507, "The call source identity is invalid.")
    return instance


def can_phone(call: Call) -> bool:
    """Say whether the bot's leg has a resource account, so that it may involve telephones."""
    mine = who_is(call.me.identity)
    return mine is not None and mine[0] == "applicationInstance"


def not_in_this_cloud(exchange: Exchange, verb: str, *keys: str) -> None:
    """Refuse parameters that only the global cloud knows."""
    if exchange.platform.settings.cloud is Cloud.GLOBAL:
        return
    for key in keys:
        if exchange.body.get(key) is not None:
            raise ApiError(
                400,
                "BadRequest",
                f"The parameter '{key}' in the request payload is not a valid parameter for the operation "
                f"'{verb}'.",
            )


def call_options(exchange: Exchange, kind: str) -> JsonObject | None:
    """Return the callOptions of a body; a cloud whose type has no properties ignores them."""
    options = exchange.body.mapping("callOptions")
    if options is None:
        return None
    named = str(options.get("@odata.type", "")).rpartition(".")[2]
    if named and named != kind:
        raise invalid_argument(f"The parameter 'callOptions' must be of the type {kind}.")
    if exchange.platform.settings.cloud is not Cloud.GLOBAL:
        return {"@odata.type": f"#microsoft.graph.{kind}"}
    return options
