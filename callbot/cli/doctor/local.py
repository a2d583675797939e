"""What is on this machine: the store, the prompts, what traces need."""

import asyncio
import sys
import uuid
from collections.abc import Sequence
from pathlib import Path

from callbot.bot import CallBot
from callbot.cli.doctor.exam import Exam
from callbot.cli.doctor.findings import Finding, failure, ok, warning
from callbot.errors import CallbotError, ConfigurationError, PromptError
from callbot.media import check_wav
from callbot.media.files import read
from callbot.settings import Settings
from callbot.store import Store, open_store
from callbot.tracing import tracing_of

_LEASE = "doctor"
_CONVERT = ". Convert it with\n"  # after that come the commands
_KEEP = "set store to sqlite:///calls.db: then a restart takes up the calls there are"


async def check_store(exam: Exam) -> list[Finding]:
    """Can the store be opened and written? A lease is taken and given back: records stay untouched."""
    url = exam.settings.service_store
    where = url.partition("?")[0]
    try:
        store = open_store(url, exam.clock, app_id=exam.settings.app_id)
        await store.open()
    except CallbotError as error:
        return [failure("store", str(error), "set store to a place that can be written")]
    try:
        await _write(store)
    except CallbotError as error:
        return [failure("store", str(error), "make the file and its folder writable for the user it runs as")]
    finally:
        await store.close()
    if where.startswith("memory:"):
        return [warning("store", "memory:// forgets every call when the process ends", _KEEP)]
    return [ok("store", f"{where} can be written")]


async def _write(store: Store) -> None:
    lease = await store.acquire(_LEASE, uuid.uuid4().hex, 1.0)
    if lease is not None:
        await store.release([lease])


def check_tracing(settings: Settings) -> list[Finding]:
    """Is there what makes traces, where they are wanted?"""
    if not settings.tracing:
        return []
    try:
        tracing_of(settings)
    except ConfigurationError as error:
        says, _, install = str(error).partition(": ")
        return [failure("tracing", says, f"{install}; or set tracing to false")]
    return [ok("tracing", "OpenTelemetry is installed; without a tracer provider spans go nowhere")]


async def check_admin(exam: Exam) -> list[Finding]:
    """Where is the admin API, and who may use it? Settings with which it cannot be are refused before."""
    settings = exam.settings
    token = "with a token" if settings.has_admin_token else "without a token, for this machine alone"
    if settings.admin_port is not None:
        return [ok("admin", f"{settings.admin_host}:{settings.admin_port}, {token}")]
    if settings.has_admin_token:
        return [ok("admin", f"on the service's port {settings.port}, {token}")]
    return [ok("admin", "off: admin_port or admin_token switch it on")]


async def check_prompts(paths: Sequence[Path]) -> list[Finding]:
    """Can each prompt be played?"""
    files = [file for path in paths for file in _files(path)]
    if not files:
        return [ok("prompts", "none to look at; name files or folders with --prompts")]
    faults = [fault for file in files if (fault := await asyncio.to_thread(_fault, file)) is not None]
    found = []
    for position, fault in enumerate(faults):
        says, convertible, commands = fault.partition(_CONVERT)
        last = not any(_CONVERT in later for later in faults[position + 1 :])
        fix = f"convert it:\n{commands}" if last else "convert it as the last one below"
        found.append(failure("prompts", says, fix if convertible else "put it right, or take the file away"))
    return found or [ok("prompts", f"{len(files)} can be played")]


def _files(path: Path) -> list[Path]:
    return sorted(path.rglob("*.wav")) if path.is_dir() else [path]


def _fault(file: Path) -> str | None:
    try:
        _, content = read(file)
        check_wav(content, str(file))
    except PromptError as error:
        return str(error)
    return None


def prompt_folders(bot: CallBot | None) -> list[Path]:
    """Return where a bot's prompts usually are: the folder `prompts` beside its module, or here."""
    module = sys.modules.get(type(bot).__module__) if bot is not None else None
    beside = Path(module.__file__).parent if module is not None and module.__file__ else Path.cwd()
    return [folder for folder in (beside / "prompts",) if folder.is_dir()]
