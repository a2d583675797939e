"""The fuzzer's targets, on what hypothesis makes up: `make fuzz` goes on from here, by coverage."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from callbot.errors import DecodeError
from callbot.state import Folded, Observation, Record, fold
from callbot.webhook.decode import decode
from fuzz.__main__ import inputs_in, main
from fuzz.dice import Dice
from fuzz.documents import envelope
from fuzz.targets import TARGETS
from fuzz.targets import folding as folding_target

SEEDS = Path("fuzz/seeds")
many = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large], max_examples=150)
DECISIONS = st.binary(max_size=600)


@many
@given(DECISIONS)
@example(b"")
def test_decode_keeps_its_promise(content: bytes) -> None:
    TARGETS["decode"](content)


@many
@given(DECISIONS)
@example(b"")
def test_the_receiver_keeps_its_promise(content: bytes) -> None:
    TARGETS["receiver"](content)


@many
@given(DECISIONS)
@example(b"")
def test_the_fold_keeps_its_promise(content: bytes) -> None:
    TARGETS["fold"](content)


@pytest.mark.parametrize("name", TARGETS)
def test_the_seeds_break_nothing_and_can_be_given_again(name: str) -> None:
    files = sorted((SEEDS / name).iterdir())
    assert 5 <= len(files) <= 20
    for file in files:
        done = CliRunner().invoke(main, [name, "--again", str(file)])
        assert (done.exit_code, done.output) == (0, f"{name}: nothing breaks with {file}\n")


def test_the_seeds_of_decode_are_callbacks() -> None:
    read = [len(decode(file.read_bytes()[2:])) for file in (SEEDS / "decode").iterdir() if _is_callback(file)]
    assert len(read) >= 5


def _is_callback(file: Path) -> bool:
    try:
        return bool(decode(file.read_bytes()[2:]))
    except DecodeError:
        return False


def test_most_decisions_make_callbacks_that_can_be_read() -> None:
    """A target that only ever refuses would look as sound as this one."""
    documents = [envelope(Dice(bytes((seed * step) % 256 for step in range(1, 80)))) for seed in range(100)]
    assert sum(isinstance(one.get("value"), list) for one in documents) > 80


def test_a_broken_promise_breaks_the_target(monkeypatch: pytest.MonkeyPatch) -> None:
    real = fold

    def forgetful(record: Record | None, observation: Observation) -> Folded:
        folded = real(record, observation)
        if folded.record is None:
            return folded
        return folded._replace(record=folded.record._replace(transitions=0))

    monkeypatch.setattr(folding_target, "fold", forgetful)
    broken = []
    for file in (SEEDS / "fold").iterdir():
        try:
            TARGETS["fold"](file.read_bytes())
        except AssertionError:
            broken.append(file)
    assert broken


def test_how_many_inputs_were_tried_is_read_from_what_the_fuzzer_prints() -> None:
    said = "INFO: Seed: 1\nstat::number_of_executed_units: 20908\nstat::average_exec_per_sec: 1900\n"
    assert inputs_in(said) == "20,908"
    assert inputs_in("") == "an unknown number of"
