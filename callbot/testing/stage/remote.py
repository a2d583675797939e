"""An emulator elsewhere as a stage, through its HTTP control API."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import aiohttp

from callbot.clock import Clock, sleep
from callbot.emulator import Meeting, Person
from callbot.testing.stage.protocol import Impossible
from callbot.testing.stage.sights import HeardPrompt, JsonObject, Sight, Step

_LOOK_EVERY = 0.05  # seconds
_FAILED = 400


class RemoteStage:
    """Plays in the emulator whose control API is at `control_url`; it asks for no credentials."""

    def __init__(self, client: aiohttp.ClientSession, control_url: str, *, clock: Clock) -> None:
        self._client = client
        self._root = control_url.rstrip("/")
        self._clock = clock

    async def place_call(self, body: Mapping[str, object]) -> str:
        """Let a person call the bot; returns the call's id."""
        return await self._new_call("calls", body)

    async def invite_bot(self, person: str, meeting: str | None) -> str:
        """Let somebody in a meeting invite the bot; returns the call's id."""
        return await self._new_call("invitations", {"person": person, "meeting": meeting})

    async def record_call(self, observed: str, other: str) -> str:
        """Start a call the bot has to record; returns the id of the bot's call."""
        return await self._new_call("recorded-calls", {"observed": observed, "other": other})

    async def act(self, call: str, action: str, body: Mapping[str, object]) -> Mapping[str, object]:
        """Let something happen in a call."""
        return await self._object("POST", f"calls/{call}/{action}", body)

    async def sight(self, call: str) -> Sight:
        """Return a call as it is now."""
        return _sight(await self._object("GET", f"calls/{call}"))

    async def calls(self) -> Sequence[str]:
        """Return the ids of all calls, in no order."""
        return [str(one["id"]) for one in await self._objects("calls", "calls")]

    async def log(self, call: str | None = None, after: int = 0) -> Sequence[JsonObject]:
        """Return the entries of the log, of one call or of all, after a sequence number."""
        limit = f"?after={after}" + (f"&call={call}" if call else "")
        return await self._objects(f"log{limit}", "entries")

    async def people(self) -> Sequence[Person]:
        """Return everybody there is."""
        return [Person.model_validate(one) for one in await self._objects("people", "people")]

    async def put_person(self, person: Person) -> Person:
        """Add somebody, or put them in the place of who has the same id."""
        return Person.model_validate(await self._object("POST", "people", person.model_dump(mode="json")))

    async def behave(self, person: str, changes: Mapping[str, object]) -> Person:
        """Change how somebody behaves from now on: fields of `Behaviour`."""
        return Person.model_validate(await self._object("PATCH", f"people/{person}", changes))

    async def put_meeting(self, meeting: Meeting) -> Meeting:
        """Add a meeting, or put it in the place of the one with the same thread."""
        return Meeting.model_validate(await self._object("POST", "meetings", meeting.model_dump(mode="json")))

    async def set_faults(self, changes: Mapping[str, object]) -> None:
        """Change what goes wrong: fields of `FaultSettings`, whose `rates` are replaced as a whole."""
        known = await self._object("GET", "faults")
        rates, wanted = known.get("rates"), changes.get("rates")
        if isinstance(rates, Mapping) and isinstance(wanted, Mapping):
            changes = {**changes, "rates": {**dict.fromkeys(rates, 0.0), **wanted}}
        await self._send("PATCH", "faults", changes)

    async def inject(self, body: Mapping[str, object]) -> None:
        """Ask for single faults."""
        await self._send("POST", "faults/inject", body)

    async def silence(self, seconds: float) -> None:
        """Lose every callback for so long."""
        await self._send("POST", "faults/silence", {"seconds": seconds})

    async def rotate_keys(self) -> None:
        """Sign callbacks with a new key."""
        await self._send("POST", "faults/rotate-keys")

    async def go_dark(self, seconds: float) -> None:
        """Refuse every connection for so long."""
        await self._send("POST", "faults/go-dark", {"seconds": seconds})

    async def changed(self) -> None:
        """Return when something may have changed since this was called."""
        await sleep(self._clock, _LOOK_EVERY)

    async def _new_call(self, path: str, body: Mapping[str, object]) -> str:
        return str((await self._object("POST", path, body))["id"])

    async def _object(self, method: str, path: str, body: Mapping[str, object] | None = None) -> JsonObject:
        answer = await self._send(method, path, body)
        if not isinstance(answer, dict):
            raise Impossible(f"{self._root}/{path} answered without a JSON object: is it a control API?")
        return answer

    async def _objects(self, path: str, key: str) -> Sequence[JsonObject]:
        found = (await self._object("GET", path)).get(key)
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []

    async def _send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> object:
        url = f"{self._root}/{quote(path, safe='/?=&')}"
        given = None if body is None else {key: value for key, value in body.items() if value is not None}
        try:
            async with self._client.request(method, url, json=given) as response:
                answer: object = (
                    await response.json() if response.content_type == "application/json" else None
                )
                if response.status < _FAILED:
                    return answer
                why = answer.get("error") if isinstance(answer, dict) else None
                raise Impossible(str(why or f"{method} {url} was answered with {response.status}"))
        except (aiohttp.ClientError, OSError) as error:
            raise Impossible(f"no answer from {url}: {error}") from None


def _sight(seen: Mapping[str, Any]) -> Sight:
    return Sight(
        id=seen["id"],
        direction=seen["direction"],
        kind=seen["kind"],
        state=seen["state"],
        steps=tuple(
            Step(one["seq"], one["at"], one["old"], one["new"], one["why"], one["code"], one["subcode"])
            for one in seen["transitions"]
        ),
        heard=tuple(
            HeardPrompt(one["uri"], one["resource_id"], one["start"], one["end"], one["whole"])
            for one in seen["heard"]
        ),
        people=tuple(seen["people"]),
        ringing=tuple(seen["ringing"]),
        sent_tones=tuple(seen["sent_tones"]),
        tones_subscribed=seen["tones_subscribed"],
        audio_active=seen["audio_active"],
        resource=seen["resource"],
    )
