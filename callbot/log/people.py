"""Keeps people, and tokens, out of the log: what they look like in a text, and what stands there instead.

callbot writes no name or number of a person itself. But what others say may hold some: an exception of a
bot's own code, a complaint of Graph. So free text is looked through before it is written: for what has the
form of a telephone number, an address or a token, and for the names and numbers of the people in the call the
line is about. Each person becomes a short hash, the same one wherever they are named.

The key of the hash is made when the process starts and is kept nowhere. So a hash tells people apart in the
log of one process, and nobody can find out later whose it was, not even by trying every telephone number.
"""

import hmac
import json
import re
import secrets
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import quote

from callbot.log.context import CONTEXT, fields

_KEY = secrets.token_bytes(32)
_LENGTH = 10  # characters: 40 bits tell the callers of a day apart
_SHORTEST = 3  # letters of a name that is looked for: less would be found everywhere
_SHORTEST_PART = 4  # and of a part of one, which is looked for as it is spelt
_LATIN_ENDS = "\u0590"  # before it are the scripts that write words with spaces between them
_LOCAL = 7  # digits at the end of a number that tell whose it is, without country and area
_LONGEST = 20_000  # characters of a text that are looked through, and written
_LONGEST_NAME = 300  # characters, of which a cut may have left some

_HASH = re.compile(rf"person:[0-9a-f]{{{_LENGTH}}}")
_REPLACED = re.compile(rf"\b{_HASH.pattern}(?![\w-])|<token>")
_TOKEN = re.compile(  # looked for from where a word begins, and that once: a long word takes no long time
    r"(?<![\w-])(?>[\w-]*?(?=eyJ))(?P<who>eyJ[\w-]{5,}+(?:\.[\w-]*)+)|(?<=bearer )[\w.~+/=-]{8,}",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"""(?:sips?|tel|mailto):[^\s;,<>"'()]+"""  # whatever the rest looks like
    r"|\b8:\w{1,64}:[\w.-]+"  # a user, as Skype writes one
    r"|\w[\w.+'-]{0,63}(?:@[\w-]+(?:\.[\w-]+)+)+"
    r"|(?:\b4:)?\+\d[\d ().-]{5,18}\d"
    r"|(?<=oid%22%3a%22)[\w-]{36}",  # the organizer, in the link to a meeting
    re.IGNORECASE,
)
_NAMED = re.compile(  # a name in JSON, or in what Python shows of an object
    r"""\b(?:display_?name|user_?principal_?name|email)["']?\s?[:=]\s?(["'])"""
    r"""(?P<who>(?:\\.|(?!\1)[^\\]){1,300})""",
    re.IGNORECASE,
)
_MAYBE = re.compile(  # in free text: a number without its plus, an id that names no call
    r"(?<![\w.:-])\d{9,15}(?![\w-])"
    r"|(?<!call )(?<!request-id )[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}",
    re.IGNORECASE,
)
_FREE = re.compile(r"""[\s'"({\[]""")  # one word is an id, or no number at all
_IDENTITIES = frozenset({"user", "phone", "guest", "encrypted", "acsuser", "azurecommunicationservicesuser"})
_NAMES = frozenset({"displayname", "userprincipalname", "email", "subject"})

_shown = False


Scrub = Callable[[str], str]
"""Takes people and tokens out of a text."""


def show_people(*, plain: bool) -> None:
    """Say for the whole process whether names and numbers of people are written as they are."""
    global _shown  # noqa: PLW0603 - as logging itself, it is one for the process
    _shown = plain


def person(value: str) -> str:
    """Return what stands in the log for a person: a short keyed hash of a name, a number or an id.

    The same in every line of this process, and in no other. With `log_people = "plain"` it is the value.
    What stands for a person already is returned as it is.
    """
    return value if _shown or _HASH.fullmatch(value) else f"person:{hashed(value)}"


def hashed(value: str) -> str:
    """Return the short keyed hash of a name, a number or an id of a person, whatever the log shows."""
    number = re.fullmatch(r"(?:4:|tel:)?\+?([\d ().-]+)", value)
    known = re.sub(r"\D", "", number[1]) if number is not None else value.casefold().strip()
    return hmac.new(_KEY, known.encode(errors="surrogatepass"), "sha256").hexdigest()[:_LENGTH]


def free_text(words: str) -> str:
    """Return a text without people and tokens: for what is cut short, which must be done after this."""
    return scrubbing()(words)


def scrubbing() -> Scrub:
    """Return what takes the people out of a text, by the context there is now.

    Everything is looked for in the text as it is, and what overlaps is one person: so an address is one hash,
    though a name may be part of it.
    """
    people = () if _shown else (_ADDRESS, _NAMED, *_known(set(_names(CONTEXT.get()[5]))))
    everybody = () if _shown else (*people, _MAYBE)
    ours = {value.lower() for value in fields().values()}

    def scrub(text: str) -> str:
        if len(text) > _LONGEST:
            return scrub(text[:_LONGEST])[:-_LONGEST_NAME] + "…"
        spans = list(_spans(text, everybody if _FREE.search(text) else people))
        pieces, end = [], 0
        for begin, until, token in _joined(spans):
            found = text[begin:until]
            stands = "<token>" if token else found if found.lower() in ours else person(found)
            pieces += [text[end:begin], stands]
            end = until
        return "".join((*pieces, text[end:]))

    return scrub


def _spans(text: str, people: Iterable[re.Pattern[str]]) -> Iterator[tuple[int, int, bool]]:
    """Yield what has to be replaced, and whether it is a token; what has been replaced before is left."""
    end = 0
    for done in (*_REPLACED.finditer(text), None):
        begin, until = end, len(text) if done is None else done.start()
        for pattern in (_TOKEN, *people):
            for found in pattern.finditer(text, begin, until):
                yield *found.span(found.lastgroup or 0), pattern is _TOKEN
        end = until if done is None else done.end()


def _joined(spans: Iterable[tuple[int, int, bool]]) -> list[tuple[int, int, bool]]:
    """Return the spans in order, those that overlap as one."""
    joined: list[tuple[int, int, bool]] = []
    for begin, end, token in sorted(spans):
        if joined and begin < joined[-1][1]:
            before = joined.pop()
            joined.append((before[0], max(end, before[1]), token or before[2]))
        else:
            joined.append((begin, end, token))
    return joined


def _known(names: set[str]) -> Iterator[re.Pattern[str]]:
    """Yield patterns for these names and their parts, the longest first, and for numbers among them."""
    parts = {part for name in names for part in name.split() if len(part) >= _SHORTEST_PART} - names
    if names:
        yield re.compile(rf"(?i:{_any(names)})|{_any(parts)}")
    for digits in sorted({digits for name in names if len(digits := _digits(name)) >= _LOCAL}):
        local = r"[ ().-]{0,3}".join(digits[-_LOCAL:])  # however somebody spells it
        yield re.compile(rf"(?<!\d)(?:[+(]?\d[\d ().-]{{0,12}})?\(?{local}(?!\d)")


def _digits(name: str) -> str:
    """Return the digits of what is a telephone number; nothing for anything else."""
    return "" if name.strip("+0123456789 ().-") else re.sub(r"\D", "", name)


def _any(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, however it is written; for none of them it never matches."""
    forms = {form for word in words for form in _forms(word)}
    return "|".join(map(_by_itself, sorted(forms, key=len, reverse=True))) or "(?!)"


def _forms(name: str) -> Iterator[str]:
    """Yield how a name is written: composed or not, in JSON, in an address."""
    for form in {name, unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)}:
        yield form
        if not form.isascii():
            yield json.dumps(form)[1:-1]
            yield quote(form)


def _by_itself(form: str) -> str:
    """Return a pattern for a name that is no part of a word; not every script parts words."""
    before = r"(?<![^\W_])" if form[0] < _LATIN_ENDS else ""
    after = r"(?![^\W_])" if form[-1] < _LATIN_ENDS else ""
    return f"{before}{re.escape(form)}{after}"


def word(name: object) -> str:
    """Return the name of a field or a kind, however it is spelt: `display_name` is `displayName`."""
    return str(name).replace("_", "").lower()


def is_of_person(name: str, inside: str) -> bool:
    """Whether a field holds a name, a number or an id of a person; both are what `word` returns."""
    named = name in _NAMES and inside != "application"
    return named or (inside in _IDENTITIES and name in {"id", "number"})


def _names(documents: object, inside: str = "") -> Iterator[str]:
    """Yield every name, number and id of a person in what Graph has said of a call."""
    match documents:
        case Mapping():
            for name, value in documents.items():
                if not isinstance(value, str):
                    yield from _names(value, word(name))
                elif len(value) >= (_SHORTEST if value.isascii() else 2) and is_of_person(word(name), inside):
                    yield value
                    yield value.removeprefix("+")
        case list() | tuple():
            for one in documents:
                yield from _names(one, inside)
