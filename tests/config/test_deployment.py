"""The deployment files fit the service: its settings, its paths, its drain. No engine is needed for that."""

import configparser
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # a package of stubs for four calls is too much
from click.testing import CliRunner

from callbot import Settings
from callbot.cli import main
from callbot.media.route import PROMPTS_PATH
from callbot.mistakes import is_loopback

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "config" / "systemd" / "callbot.service"
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
MANIFEST = ROOT / "config" / "kubernetes" / "callbot.yaml"
SPARE = 20  # seconds that a stop takes beside its two limits, at most: docs/deployment.md


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in Settings.model_fields:
        monkeypatch.delenv(f"CALLBOT_{key.upper()}", raising=False)


def assert_is_a_command(arguments: list[str]) -> None:
    """The command line knows the command and every option."""
    options = [one for one in arguments if one.startswith("--")]
    explained = CliRunner().invoke(main, [arguments[0], "--help"]).output
    assert explained.startswith("Usage:")
    for option in options:
        assert option in explained


def known_settings(text: str) -> None:
    for name in re.findall(r"\bCALLBOT_([A-Z_]+)", text):
        assert name.lower() in Settings.model_fields


# -- systemd -------------------------------------------------------------------------------------------


@pytest.fixture
def unit() -> dict[str, list[str]]:
    """The service section: each key with all its values."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[method-assign,assignment]  # keys keep their capitals
    text = UNIT.read_text(encoding="utf-8")
    parser.read_string(text)
    assert parser.sections() == ["Unit", "Service", "Install"]
    section = text.partition("[Service]\n")[2].partition("[Install]")[0]
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", section, re.MULTILINE):
        found.setdefault(key, []).append(value)
    return found


def test_the_unit_runs_a_command_there_is(unit: dict[str, list[str]]) -> None:
    program, *arguments = shlex.split(unit["ExecStart"][0])
    assert program.endswith("/python")
    assert arguments[:2] == ["-m", "callbot"]
    assert_is_a_command(arguments[2:])
    known_settings(UNIT.read_text(encoding="utf-8"))


def test_the_unit_lets_a_drain_end(unit: dict[str, list[str]]) -> None:
    limits = ("drain_calls_timeout", "drain_timeout")
    drain = sum(Settings.model_fields[key].default for key in limits)
    assert float(unit["TimeoutStopSec"][0]) >= drain + SPARE
    assert unit["KillSignal"] == ["SIGTERM"]


def test_the_unit_gives_the_service_nothing_to_write_but_its_store(unit: dict[str, list[str]]) -> None:
    assert unit["DynamicUser"] == unit["NoNewPrivileges"] == ["yes"]
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["StateDirectory"] == ["callbot"]
    assert "CALLBOT_STORE=sqlite:///%S/callbot/calls.db" in unit["Environment"]
    assert "ReadWritePaths" not in unit


def test_the_unit_hands_the_secret_over_as_a_file(unit: dict[str, list[str]]) -> None:
    (credential,) = unit["LoadCredential"]
    assert f"CALLBOT_CLIENT_SECRET_FILE=%d/{credential.partition(':')[0]}" in unit["Environment"]


# -- Docker --------------------------------------------------------------------------------------------


def instructions() -> list[tuple[str, str]]:
    joined = re.sub(r"\\\n\s*", "", "\n".join(line for line in DOCKERFILE.splitlines() if line[:1] != "#"))
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in joined.splitlines() if line)]


def test_the_image_is_not_run_by_root() -> None:
    (user,) = [rest for word, rest in instructions() if word == "USER"]
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", user), "numbers, so that a platform can see that it is not root"


def test_the_image_checks_its_health_where_the_service_listens() -> None:
    (check,) = [rest for word, rest in instructions() if word == "HEALTHCHECK"]
    port = Settings.model_fields["port"].default
    assert f"http://127.0.0.1:{port}/healthz" in check
    assert ("EXPOSE", str(port)) in instructions()


def test_the_image_writes_to_its_volume_only() -> None:
    known_settings(DOCKERFILE)
    (volume,) = [rest for word, rest in instructions() if word == "VOLUME"]
    assert f"CALLBOT_STORE=sqlite:///{volume}/" in DOCKERFILE
    assert "PYTHONDONTWRITEBYTECODE=1" in DOCKERFILE


def test_everything_the_image_copies_is_let_through() -> None:
    let_through = (ROOT / ".dockerignore").read_text().split()
    for word, rest in instructions():
        if word == "COPY" and not rest.startswith("--from"):
            for source in rest.split()[:-1]:
                assert (ROOT / source).exists()
                assert f"!{source}" in let_through


# -- Kubernetes ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """Every object by its kind."""
    documents = [one for one in yaml.safe_load_all(MANIFEST.read_text(encoding="utf-8")) if one]
    return {document["kind"]: document for document in documents}


@pytest.fixture
def pod(manifest: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = manifest["StatefulSet"]["spec"]["template"]["spec"]
    return found


@pytest.fixture
def settings(manifest: dict[str, Any], tmp_path: Path) -> Settings:
    """The settings in the manifest, loaded as the service does."""
    (tmp_path / "callbot.toml").write_text(manifest["ConfigMap"]["data"]["callbot.toml"])
    return Settings.load(tmp_path / "callbot.toml")


def test_the_objects_find_each_other(manifest: dict[str, Any], pod: dict[str, Any]) -> None:
    labels = manifest["StatefulSet"]["spec"]["template"]["metadata"]["labels"]
    assert manifest["StatefulSet"]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert manifest["Service"]["spec"]["selector"].items() <= labels.items()
    assert manifest["StatefulSet"]["spec"]["serviceName"] == manifest["Service"]["metadata"]["name"]
    (container,) = pod["containers"]
    volumes = {one["name"] for one in pod["volumes"]}
    volumes |= {one["metadata"]["name"] for one in manifest["StatefulSet"]["spec"]["volumeClaimTemplates"]}
    assert {mount["name"] for mount in container["volumeMounts"]} == volumes
    ports = {port["name"] for port in container["ports"]}
    assert {port["targetPort"] for port in manifest["Service"]["spec"]["ports"]} <= ports


def test_the_pod_runs_a_command_there_is(pod: dict[str, Any]) -> None:
    assert_is_a_command(pod["containers"][0]["args"])


def test_the_probes_ask_where_the_service_listens(pod: dict[str, Any], settings: Settings) -> None:
    (container,) = pod["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    probes = [container[name]["httpGet"] for name in ("livenessProbe", "readinessProbe")]
    assert [probe["path"] for probe in probes] == ["/healthz", "/readyz"]
    assert {ports[probe["port"]] for probe in probes} == {settings.port}


def test_the_pod_lets_a_drain_end(pod: dict[str, Any], settings: Settings) -> None:
    assert pod["terminationGracePeriodSeconds"] >= (
        settings.drain_calls_timeout + settings.drain_timeout + SPARE
    )


def test_the_pod_is_not_root_and_writes_to_its_volume_only(pod: dict[str, Any]) -> None:
    (container,) = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"]
    assert pod["securityContext"]["runAsUser"] == 10001
    assert f"USER {10001}:{10001}" in DOCKERFILE
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert [one["name"] for one in container["volumeMounts"] if not one.get("readOnly")] == ["calls"]


def test_the_files_the_settings_name_are_mounted(pod: dict[str, Any], settings: Settings) -> None:
    (container,) = pod["containers"]
    mounts = {one["name"]: one["mountPath"] for one in container["volumeMounts"]}
    assert settings.client_secret_file is not None
    assert str(settings.client_secret_file.parent) == mounts["secret"]
    assert settings.store is not None
    assert settings.store.startswith(f"sqlite:///{mounts['calls']}/")
    assert container["args"][container["args"].index("--config") + 1].startswith(mounts["settings"])


def test_one_process_holds_the_store(manifest: dict[str, Any]) -> None:
    assert manifest["StatefulSet"]["spec"]["replicas"] == 1


def test_the_admin_api_is_on_the_pods_loopback_address_and_nothing_leads_to_it(
    manifest: dict[str, Any], pod: dict[str, Any], settings: Settings
) -> None:
    assert is_loopback(settings.admin_host)
    (container,) = pod["containers"]
    assert settings.admin_port not in {port["containerPort"] for port in container["ports"]}
    assert str(settings.admin_port) not in yaml.safe_dump([manifest["Service"], manifest["Ingress"]])


def test_the_way_in_leads_to_callbacks_and_prompts(manifest: dict[str, Any], settings: Settings) -> None:
    (rule,) = manifest["Ingress"]["spec"]["rules"]
    assert [path["path"] for path in rule["http"]["paths"]] == [settings.callback_path, f"{PROMPTS_PATH}/"]
    assert settings.callback_url.startswith(f"https://{rule['host']}/")
    assert manifest["Service"]["spec"]["publishNotReadyAddresses"], "a drain may wait for a callback"
