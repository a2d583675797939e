"""What an import of callbot takes along: who only writes a bot should not wait for a web server."""

import json
import subprocess
import sys

import pytest

SERVES = {"aiohttp.web", "callbot.runtime", "callbot.service", "callbot.webhook", "cryptography", "jwt"}
SIGNS_IN = {"msal", "requests"}


def modules_after(statement: str) -> set[str]:
    code = f"{statement}; import json, sys; print(json.dumps(list(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "statement", ["import callbot", "from callbot import Call, CallBot, Settings, Tone, Transition, User"]
)
def test_who_writes_a_bot_imports_neither_server_nor_sign_in(statement: str) -> None:
    assert modules_after(statement) & (SERVES | SIGNS_IN) == set()


def test_who_serves_a_bot_imports_what_serves_it_and_the_sign_in_only_when_it_signs_in() -> None:
    modules = modules_after("from callbot import attach, create_app, run")
    assert modules & (SERVES | SIGNS_IN) == SERVES


def test_all_that_is_promised_can_be_imported_at_once() -> None:
    assert modules_after("from callbot import *; run, CallBot") >= SERVES
