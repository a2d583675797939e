"""One line for each thing that happened: requests, callbacks, transitions, handlers, prompts, keys."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from callbot.bot import Handled
from callbot.emulator.callbacks.shapes import describe
from callbot.state import Tone, Transition
from callbot.testing.stage import HeardPrompt

# what has no number of its own, beside what happened at the same moment
_FIRST, _LAST = -1, 1 << 40


@dataclass(frozen=True, slots=True)
class Line:
    """Something that happened. `at` is in seconds since the Unix epoch; `order` decides between equals."""

    at: float
    order: int
    who: str
    what: str


@dataclass(frozen=True, slots=True)
class Naming:
    """How people and prompts are called in a timeline: their names instead of ids and addresses."""

    caller: str
    person: Callable[[str], str]
    prompt: Callable[[HeardPrompt], str]
    address: Callable[[str], str]


def line_of(entry: Mapping[str, object], naming: Naming) -> Line | None:
    """Return the line of an entry of the emulator's log; None for what no reader misses."""
    teller = _TELLERS.get(str(entry.get("kind")))
    told = teller(entry, naming) if teller is not None else None
    if told is None:
        return None
    at, seq = entry.get("at"), entry.get("seq")
    who, what = told
    return Line(
        float(at) if isinstance(at, int | float) else 0.0, seq if isinstance(seq, int) else 0, who, what
    )


def line_of_handled(at: float, handled: Handled) -> Line | None:
    """Return the line of a handler that has finished; None where the bot has no handler."""
    if handled.handler is None:
        return None
    change = handled.change
    what = handled.handler.rpartition(".")[2]
    if isinstance(change, Transition):
        what += f" ({change.old or '-'} -> {change.new}, by {change.source})"
    elif isinstance(change, Tone):
        what += f" ({change.key})"
    what += f" took {handled.seconds:.3f} s"
    if handled.error is not None:
        what += f" and raised {type(handled.error).__name__}: {handled.error}"
    return Line(at, _LAST, "handler", what)


def lines_of_prompt(heard: HeardPrompt, naming: Naming) -> Iterator[Line]:
    """Yield the lines of a prompt: its start and its end."""
    name = naming.prompt(heard)
    yield Line(heard.start, _LAST, naming.caller, f"hears {name}")
    if heard.end is not None:
        how = "to its end" if heard.whole else "until it was cut"
        yield Line(heard.end, _FIRST, naming.caller, f"has heard {name} {how}")


def _request(entry: Mapping[str, object], naming: Naming) -> tuple[str, str]:
    path = str(entry.get("path"))
    rest = path.partition("/calls")[2].partition("?")[0].strip("/").split("/")
    verb = "/".join(rest[1:]) or {"GET": "read", "POST": "create", "DELETE": "hang up"}.get(
        str(entry.get("method")), str(entry.get("method"))
    )
    detail = _detail(entry.get("body"), naming)
    return "bot", f"{verb}{detail} -> {entry.get('status') or 'no answer'}{_code(entry)}{_fault(entry)}"


def _callback(entry: Mapping[str, object], _: Naming) -> tuple[str, str]:
    value = entry.get("notifications")
    items = value if isinstance(value, list) else []
    what = " + ".join(describe({"value": [item]}) for item in items) or "legacy probe"
    answer = entry.get("status") or entry.get("error")
    return "platform", f"callback {what} -> {answer}{_fault(entry)}"


def _transition(entry: Mapping[str, object], _: Naming) -> tuple[str, str]:
    code = f" [{entry['code']}/{entry.get('subcode')}]" if entry.get("code") is not None else ""
    return "call", f"{entry.get('old') or '-'} -> {entry.get('new')}: {entry.get('why')}{code}"


def _fault_entry(entry: Mapping[str, object], _: Naming) -> tuple[str, str]:
    return "fault", f"{entry.get('fault')}: {entry.get('target')}"


def _note(entry: Mapping[str, object], naming: Naming) -> tuple[str, str]:
    data = entry.get("data")
    if entry.get("what") == "key pressed" and isinstance(data, Mapping):
        untold = "" if data.get("told") else " (the bot does not listen for tones)"
        return naming.caller, f"presses {data.get('key')}{untold}"
    return "platform", f"{entry.get('what')}{'' if data is None else f': {data}'}"


_TELLERS: dict[str, Callable[[Mapping[str, object], Naming], tuple[str, str] | None]] = {
    "request": _request,
    "callback": _callback,
    "transition": _transition,
    "fault": _fault_entry,
    "note": _note,
}


def _detail(body: object, naming: Naming) -> str:
    """What a request is about, where its name does not say it."""
    if not isinstance(body, Mapping):
        return ""
    if isinstance(body.get("prompts"), Sequence):
        return " " + ", ".join(naming.address(_uri(one)) for one in body["prompts"])
    for key in ("transferTarget", "targets", "participants"):
        if key in body:
            return f" {_people(body[key], naming)}"
    return f" {body['reason']}" if isinstance(body.get("reason"), str) else ""


def _uri(prompt: object) -> str:
    media = prompt.get("mediaInfo") if isinstance(prompt, Mapping) else None
    return str(media.get("uri")) if isinstance(media, Mapping) else "?"


def _people(value: object, naming: Naming) -> str:
    several = value if isinstance(value, list) else [value]
    return "to " + ", ".join(naming.person(identity_of(one)) for one in several)


def identity_of(target: object) -> str:
    """Return the id in what a verb names a person with; empty when there is none."""
    identity = target.get("identity") if isinstance(target, Mapping) else None
    if not isinstance(identity, Mapping):
        return ""
    return next((str(one["id"]) for one in identity.values() if isinstance(one, Mapping) and "id" in one), "")


def _code(entry: Mapping[str, object]) -> str:
    return f" (code {entry['code']})" if entry.get("code") else ""


def _fault(entry: Mapping[str, object]) -> str:
    return f" [fault: {entry['fault']}]" if entry.get("fault") else ""
