"""config/callbot.example.toml documents every setting, and is a settings file that works."""

import re
import tomllib
from pathlib import Path

import pytest

from callbot import Settings

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config" / "callbot.example.toml"
TEXT = EXAMPLE.read_text(encoding="utf-8")
KEY = re.compile(r"^(# )?([a-z_]+) = (.*)$", re.MULTILINE)
SHOWN = {key: (bool(mark), value) for mark, key, value in KEY.findall(TEXT)}
CREDENTIALS = {
    "client_secret",
    "client_secret_file",
    "client_certificate",
    "federated_token_file",
    "managed_identity",
}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in Settings.model_fields:
        monkeypatch.delenv(f"CALLBOT_{key.upper()}", raising=False)


def test_it_shows_every_setting_once() -> None:
    assert sorted(key for _, key, _ in KEY.findall(TEXT)) == sorted(Settings.model_fields)


@pytest.mark.parametrize("key", Settings.model_fields)
def test_it_says_what_each_setting_means(key: str) -> None:
    description = Settings.model_fields[key].description
    comments = TEXT.partition(f"\n{'# ' * SHOWN[key][0]}{key} = ")[0].rpartition("\n\n")[2]
    assert f"# {description}" in comments.splitlines()


def test_it_loads_as_it_is() -> None:
    settings = Settings.load(EXAMPLE)
    assert str(settings.client_secret_file) == "/run/secrets/callbot_client_secret"
    assert settings.callback_path == "/api/calls"


@pytest.mark.parametrize("key", [key for key, (commented, _) in SHOWN.items() if commented])
def test_each_setting_that_is_commented_out_can_be_turned_on(key: str, tmp_path: Path) -> None:
    text = TEXT.replace(f"# {key} = ", f"{key} = ")
    if key in CREDENTIALS:
        text = text.replace("\nclient_secret_file = ", "\n# client_secret_file = ")
    for one, other in (("tls_certificate", "tls_key"), ("tls_key", "tls_certificate")):
        if key == one:
            text = text.replace(f"# {other} = ", f"{other} = ")
    (tmp_path / "callbot.toml").write_text(text)
    settings = Settings.load(tmp_path / "callbot.toml")
    assert getattr(settings, key) is not None


@pytest.mark.parametrize(
    "key", [key for key, field in Settings.model_fields.items() if field.default not in (None, ...)]
)
def test_a_default_is_shown_as_it_is(key: str) -> None:
    field = Settings.model_fields[key]
    if field.is_required() or key == "issuers":
        return
    shown = tomllib.loads(f"{key} = {SHOWN[key][1]}")[key]
    assert (tuple(shown) if isinstance(shown, list) else shown) == field.default
