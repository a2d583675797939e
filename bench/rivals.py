"""Other people's SDKs, in an environment of their own that the bench makes when it can.

They are no dependencies of callbot, not even for development. Where they cannot be installed their rows say
so, and the rest is measured all the same.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench.machine import cores
from bench.program import ROOT, Program
from bench.stage import APP_ID, Stage
from bench.wire import Step, envelope, request

FOLDER = ROOT / ".venv-bench"
SECRET = "of-the-bench"  # noqa: S105 - of a server that lives for seconds on loopback
_INSTALL_WITHIN = 240
_DISTRIBUTIONS = ("microsoft-agents-hosting-aiohttp", "aiogram", "msgraph-sdk")

Build = Callable[[Step], bytes]


class Rivals:
    """The environment `.venv-bench`. `why` says what keeps it from being made, `missing` who lacks it."""

    def __init__(self) -> None:
        self.why = ""
        self.missing: dict[str, str] = {}

    @property
    def python(self) -> Path:
        """The interpreter of the environment."""
        return FOLDER / "bin" / "python"

    def ready(self) -> bool:
        """Whether the SDKs are there, after an attempt to install them."""
        stamp = FOLDER / ".installed"
        wanted = " ".join((*_DISTRIBUTIONS, _same_aiohttp()))
        if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
            return True
        if self.why:
            return False
        made = self._run([sys.executable, "-m", "venv", "--clear", str(FOLDER)])
        if made:
            (FOLDER / ".gitignore").write_text("*\n", encoding="utf-8")
            pip = [str(self.python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
            made = self._run([*pip, *_DISTRIBUTIONS, _same_aiohttp()]) and self._run(
                [*pip, "--target", str(FOLDER / "uvloop"), "--no-deps", "uvloop"]
            )
        if made:
            stamp.write_text(wanted, encoding="utf-8")
        return made

    def uvloop(self) -> str | None:
        """Return the folder that holds uvloop, for callbot's own interpreter; None when there is none."""
        return str(FOLDER / "uvloop") if self.ready() else None

    def servers(self, stage: Stage, tokens: Sequence[str]) -> Iterator[tuple[str, Program, Build, int]]:
        """Yield name, process, writer of callbacks and calls per round of each SDK's webhook."""
        makers = (
            ("microsoft-agents", "agents", _activity(tokens), 100),
            ("aiogram", "telegram", _update(tokens), 400),
        )
        for name, module, build, calls in makers:
            if not self.ready():
                self.missing[name] = self.why
                continue
            environment = {"SSL_CERT_FILE": str(stage.ca_file)}
            arguments = (stage.root, APP_ID, SECRET)
            yield (
                name,
                Program(module, *arguments, core=cores()[0], python=self.python, environment=environment),
                build,
                calls,
            )

    def _run(self, command: Sequence[str]) -> bool:
        try:
            done = subprocess.run(  # noqa: S603 - our own interpreter with our own arguments
                command, capture_output=True, text=True, timeout=_INSTALL_WITHIN, check=False
            )
        except subprocess.TimeoutExpired:
            self.why = f"{FOLDER.name} was not made within {_INSTALL_WITHIN} s"
            return False
        if done.returncode:
            said = done.stderr.strip().splitlines()
            self.why = f"{FOLDER.name} could not be made: {said[-1][:200] if said else done.returncode}"
        return done.returncode == 0


def _same_aiohttp() -> str:
    """Return the aiohttp that callbot is measured with: the SDKs get the same."""
    import aiohttp  # noqa: PLC0415 - its version is all that is needed here

    return f"aiohttp=={aiohttp.__version__}"


def _activity(tokens: Sequence[str]) -> Build:
    """Write a callback as an activity of the Bot Framework that carries the same notification."""

    def body(step: Step) -> bytes:
        document = {
            "type": "event",
            "name": step.name,
            "id": step.key,
            "channelId": "msteams",
            "serviceUrl": "https://smba.trafficmanager.net/emea/",
            "from": {"id": "29:ana", "name": "Ana"},
            "recipient": {"id": f"28:{APP_ID}", "name": "Greeter"},
            "conversation": {"id": step.call_id},
            "value": step.notification,
        }
        return json.dumps(document, separators=(",", ":")).encode()

    return lambda step: request(step, tokens, body)


def _update(tokens: Sequence[str]) -> Build:
    """Write a callback as an update of Telegram with a text as long as the notification."""

    def body(step: Step) -> bytes:
        document = {
            "update_id": abs(hash(step.key)) % 1_000_000_000,
            "message": {
                "message_id": 1,
                "date": 1_700_000_000,
                "chat": {"id": 7, "type": "private", "first_name": "Ana"},
                "from": {"id": 7, "is_bot": False, "first_name": "Ana"},
                "text": envelope(step).decode()[:1500],
            },
        }
        return json.dumps(document, separators=(",", ":")).encode()

    return lambda step: request(step, tokens, body, **{"X-Telegram-Bot-Api-Secret-Token": SECRET})
