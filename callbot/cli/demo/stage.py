"""What the demo is played on: an emulator with three people, and the settings of a bot that talks to it."""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from callbot import Settings
from callbot.emulator import (
    APP_ID,
    APP_SECRET,
    TENANT_ID,
    AppRegistration,
    Behaviour,
    Emulator,
    EmulatorSettings,
    Person,
    Timing,
    WhenCalled,
)
from callbot.model import CallDirection, CallResource, IdentitySet

LOOPBACK = "127.0.0.1"
_PROXY_EXCEPTIONS = ("no_proxy", "NO_PROXY")

ANA = Person(id="b9a1d6a4-3f0c-4a55-8a54-0a8a3f5f1c11", display_name="Ana", tenant_id=TENANT_ID)
BEN = Person(
    id="c2f7b0d1-8e4a-4b6e-9d55-6a1f2e3d4c22",
    display_name="Ben",
    tenant_id=TENANT_ID,
    behaviour=Behaviour(when_called=WhenCalled.ANSWER, after=1.0),
)
CLEO = Person(
    id="d3e8c1f2-9f5b-4c7f-8e66-7b2a3f4e5d33",
    display_name="Cleo",
    tenant_id=TENANT_ID,
    behaviour=Behaviour(when_called=WhenCalled.IGNORE),
)


def emulator_settings(folder: Path, bot_port: int) -> EmulatorSettings:
    """Return the settings of an emulator whose app is the bot at `bot_port`, and where nobody rings long."""
    return EmulatorSettings(
        host=LOOPBACK,
        port=0,
        directory=folder,
        apps=(AppRegistration(display_name="Demo", callback_url=_callback_url(bot_port)),),
        people=(ANA, BEN, CLEO),
        timing=Timing(ring=3.0),
    )


def bot_settings(emulator: Emulator, port: int) -> Settings:
    """Return the settings of a bot that listens on `port` and believes `emulator`."""
    tls = emulator.bot_tls
    return Settings(
        app_id=APP_ID,
        tenant_id=TENANT_ID,
        client_secret=APP_SECRET,
        callback_url=_callback_url(port),
        host=LOOPBACK,
        port=port,
        tls_certificate=tls.certificate,
        tls_key=tls.key,
        allowed_tenants=(TENANT_ID,),
        authority=emulator.authority,
        graph_root=emulator.graph_root,
        metadata_url=emulator.metadata_url,
        ca_file=emulator.ca_file,
        store="memory://",
        drain_timeout=1.0,  # all calls are over by then, unless the demo is broken off
    )


def free_port() -> int:
    """Return a port nobody listens on now: the platform has to know the bot's address before the bot is."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the settings and the proxy of the user's shell away from the demo, while the block runs."""
    before = dict(os.environ)
    for name in before:
        if name.startswith("CALLBOT_"):
            del os.environ[name]
    for name in _PROXY_EXCEPTIONS:
        os.environ[name] = ",".join(filter(None, (before.get(name), "localhost", LOOPBACK)))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _callback_url(port: int) -> str:
    return f"https://localhost:{port}/api/calls"


def cast(call: CallResource) -> str:
    """Return who is in a call with whom, by name."""
    if call.direction is CallDirection.OUTGOING:
        return f"bot -> {_name(call.targets[0].identity if call.targets else None)}"
    return f"{_name(call.source.identity if call.source else None)} -> bot"


def _name(identity: IdentitySet | None) -> str:
    who = identity.who if identity else None
    return next((one.display_name for one in (ANA, BEN, CLEO) if who and one.id == who.id), "somebody")
