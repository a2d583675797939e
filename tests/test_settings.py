"""Settings refuse what cannot work, say what to write, and never show a secret."""

from pathlib import Path

import pytest

from callbot import ConfigurationError, Settings
from callbot.clouds import CLOUDS

SECRET = "hunter2-do-not-print"
GOOD: dict[str, object] = {
    "app_id": "5b0e9a52-4a0e-4f8c-9e0e-7c5f3e1d2a33",
    "client_secret": SECRET,
    "callback_url": "https://bot.example.com/api/calls",
}


def refused(**changes: object) -> str:
    values = {key: value for key, value in (GOOD | changes).items() if value is not None}
    with pytest.raises(ConfigurationError) as caught:
        Settings(**values)
    assert SECRET not in str(caught.value)
    return str(caught.value)


def test_a_few_values_are_enough() -> None:
    settings = Settings(**GOOD)
    assert settings.callback_path == "/api/calls"
    assert settings.endpoints.graph_root == "https://graph.microsoft.com"
    assert settings.endpoints.scope == "https://graph.microsoft.com/.default"
    assert SECRET not in repr(settings)


def test_an_unknown_key_is_refused_with_the_nearest_name() -> None:
    assert "unknown setting clint_secret in the arguments; did you mean client_secret?" in refused(
        clint_secret="x"
    )


def test_a_variable_that_is_there_twice_in_different_case_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOT_PORT", "9")
    monkeypatch.setenv("callbot_port", "10")
    with pytest.raises(ConfigurationError, match="CALLBOT_PORT is in the environment twice"):
        Settings.load()


def test_an_unknown_variable_of_the_environment_is_refused_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOT_CALBACK_URL", "https://x")
    assert (
        "unknown setting CALLBOT_CALBACK_URL in the environment; did you mean CALLBOT_CALLBACK_URL?"
        in refused()
    )


def test_missing_credentials_are_named() -> None:
    assert "set client_secret (or CALLBOT_CLIENT_SECRET) or client_certificate" in refused(client_secret=None)


def test_two_kinds_of_credentials_are_one_too_many(tmp_path: Path) -> None:
    assert "keep one" in refused(client_certificate=tmp_path / "bot.pem")


@pytest.mark.parametrize("blank", ["", " ", "\n\t "])
def test_an_empty_secret_is_none(blank: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(client_secret=blank).startswith("client_secret: is empty: give the secret")
    monkeypatch.setenv("CALLBOT_CLIENT_SECRET", blank)
    with pytest.raises(ConfigurationError, match=r"is empty.*\(from CALLBOT_CLIENT_SECRET\)"):
        Settings(**{key: value for key, value in GOOD.items() if key != "client_secret"})


@pytest.mark.parametrize(
    ("key", "smallest"),
    [
        ("keep_alive_interval", 1),
        ("reconcile_interval", 0.5),
        ("poll_interval", 0.5),
        ("read_rate", 0.1),
        ("request_timeout", 1),
        ("tombstone_seconds", 1),
    ],
)
def test_an_interval_that_would_flood_graph_or_help_nobody_is_refused(key: str, smallest: float) -> None:
    assert getattr(Settings(**(GOOD | {key: smallest})), key) == smallest
    assert (
        refused(**{key: smallest * 0.9}) == f"{key}: should be {smallest:g} or more, not {smallest * 0.9!r}"
    )
    assert f"{key}: should be a finite number" in refused(**{key: float("nan")})


def test_a_missing_value_says_where_to_give_it() -> None:
    assert "app_id is not set: give it in the settings file or as CALLBOT_APP_ID" in refused(app_id=None)


@pytest.mark.parametrize("url", ["http://bot.example.com/", "bot.example.com", "https://"])
def test_callbacks_need_https(url: str) -> None:
    assert "callback_url must be an https address" in refused(callback_url=url)


def test_a_certificate_needs_its_key() -> None:
    assert "go together" in refused(tls_certificate="x.pem")


def test_the_chinese_cloud_has_no_calls_api() -> None:
    assert "cloud China has no calls API" in refused(cloud="China")


def test_an_unknown_cloud_lists_the_known_ones() -> None:
    assert refused(cloud="Mars") == "cloud: should be 'Global', 'UsGovL4', 'UsGovL5' or 'China', not 'Mars'"


def test_a_value_of_the_wrong_kind_says_what_it_should_be_and_where_it_is_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refused(port="abc") == "port: should be a whole number, not 'abc'"
    file = tmp_path / "bot.toml"
    file.write_text("port = 70000")
    with pytest.raises(ConfigurationError) as caught:
        Settings.load(file, **GOOD)
    assert str(caught.value) == f"port: should be 65535 or less, not 70000 (from {file})"
    monkeypatch.setenv("CALLBOT_DRAIN_TIMEOUT", "soon")
    assert refused() == "drain_timeout: should be a number, not 'soon' (from CALLBOT_DRAIN_TIMEOUT)"


def test_a_secret_of_the_wrong_kind_is_not_repeated() -> None:
    assert refused(client_secret=[SECRET]) == "client_secret: should be text"


@pytest.mark.parametrize("key", ["authority", "graph_root", "metadata_url"])
def test_every_root_needs_https(key: str) -> None:
    assert f"{key} must be an https address" in refused(**{key: "http://localhost"})


def test_a_file_is_overridden_by_the_environment_and_that_by_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "bot.toml"
    file.write_text(
        'app_id = "from-file"\nclient_secret = "s"\ncallback_url = "https://file.example.com/c"\nport = 1\n'
    )
    monkeypatch.setenv("CALLBOT_PORT", "2")
    monkeypatch.setenv("CALLBOT_CALLBACK_URL", "https://env.example.com/c")
    settings = Settings.load(file, callback_url="https://argument.example.com/c")
    assert (settings.app_id, settings.port, settings.callback_url) == (
        "from-file",
        2,
        "https://argument.example.com/c",
    )


def test_paths_in_a_file_are_relative_to_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "bot.toml"
    file.write_text('ca_file = "tls/ca.pem"')
    assert Settings.load(file, **GOOD).ca_file == tmp_path / "tls" / "ca.pem"


def test_the_case_of_a_variable_does_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("callbot_Port", "9000")
    assert Settings(**GOOD).port == 9000


def test_lists_may_be_written_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLBOT_ALLOWED_TENANTS", "one, two,")
    assert Settings(**GOOD).allowed_tenants == ("one", "two")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"app_id = ", "is not TOML"),
        (b"\xff\xfe", "cannot read"),
        (b"prot = 1", "did you mean port?"),
        (b"port = 99999", "port: should be 65535 or less, not 99999"),
    ],
)
def test_a_broken_file_says_what_is_wrong(tmp_path: Path, content: bytes, words: str) -> None:
    file = tmp_path / "bot.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=words.replace("?", r"\?")):
        Settings.load(file, **(GOOD if b"port" in content and b"prot" not in content else {}))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no settings file"):
        Settings.load(tmp_path / "nothing.toml")


def test_each_cloud_has_its_own_roots() -> None:
    assert {name: cloud.graph_root for name, cloud in CLOUDS.items()} == {
        "Global": "https://graph.microsoft.com",
        "UsGovL4": "https://graph.microsoft.us",
        "UsGovL5": "https://dod-graph.microsoft.us",
        "China": "https://microsoftgraph.chinacloudapi.cn",
    }


@pytest.mark.parametrize(
    ("changes", "advice"),
    [
        ({"drain_incoming": "rejct"}, 'drain_incoming must be "reject", "accept" or an https address'),
        ({"drain_incoming": "http://other.example.com/"}, "or an https address"),
        ({"drain_incoming": "https://bot.example.com/api/calls"}, "name another deployment"),
        ({"drain_incoming": "accept", "drain_calls_timeout": 60}, "goes with drain_calls_timeout = 0 only"),
        ({"drain_incoming": "accept", "store": "memory://"}, "a store that the next process can open"),
        ({"drain_calls_timeout": -1}, "drain_calls_timeout"),
        ({"drain_leftover": "kill"}, "drain_leftover"),
    ],
)
def test_a_drain_that_cannot_be_is_refused(changes: dict[str, object], advice: str) -> None:
    assert advice in refused(**changes)


@pytest.mark.parametrize("incoming", ["reject", "accept", "https://other.example.com/api/calls"])
def test_what_becomes_of_new_calls_in_a_drain_can_be_said(incoming: str) -> None:
    assert Settings(**(GOOD | {"drain_incoming": incoming})).drain_incoming == incoming


ADMIN_TOKEN = "do-not-print-this-token"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"admin_token": ""}, "admin_token is empty: it needs 16 or more"),
        ({"admin_token": "hunter2"}, "admin_token has 7 characters: it needs 16 or more"),
        ({"admin_token": "sixteen characters"}, "without a space"),
        ({"admin_token": ADMIN_TOKEN, "admin_token_file": "token"}, "are both set: keep one"),
        ({"admin_port": 8444, "admin_host": "0.0.0.0"}, "set admin_token or admin_token_file"),
        ({"admin_port": 8444, "admin_host": "bot.example.com"}, "leave admin_host at 127.0.0.1"),
        ({"admin_port": 8443}, "the service's own port: give it another"),
        ({"admin_port": 0}, "admin_port: should be 1 or more, not 0"),
        ({"admin_port": 70000}, "admin_port: should be 65535 or less, not 70000"),
        (
            {"admin_token": ADMIN_TOKEN, "callback_url": "https://bot.example.com/calls"},
            "callback_url has the path /calls, where the admin API is: set admin_port",
        ),
    ],
)
def test_an_admin_api_that_would_be_open_or_could_not_work_is_refused(
    changes: dict[str, object], words: str
) -> None:
    said = refused(**changes)
    assert words in said
    assert "hunter2" not in said
    assert ADMIN_TOKEN not in said


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ({}, False),
        ({"admin_port": 8444}, True),
        ({"admin_port": 8444, "admin_host": "localhost"}, True),
        ({"admin_port": 8444, "admin_host": "::1"}, True),
        ({"admin_port": 8444, "admin_host": "0.0.0.0", "admin_token": ADMIN_TOKEN}, True),
        ({"admin_port": 8444, "admin_host": "0.0.0.0", "admin_token_file": "token"}, True),
        ({"admin_token": ADMIN_TOKEN}, True),
        ({"admin_host": "0.0.0.0"}, False),
    ],
)
def test_there_is_an_admin_api_with_a_port_or_a_token_and_not_otherwise(
    changes: dict[str, object], there: bool
) -> None:
    settings = Settings(**(GOOD | changes))
    assert settings.has_admin is there
    assert ADMIN_TOKEN not in repr(settings)
