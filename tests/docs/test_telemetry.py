"""docs/telemetry.md lists the fields and attributes there are, and its examples are Python."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from callbot.log.context import ID_FIELDS

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "telemetry.md").read_text(encoding="utf-8")
SPANS = (ROOT / "callbot" / "tracing" / "spans.py").read_text(encoding="utf-8")
TALLY = (ROOT / "callbot" / "webhook" / "tally.py").read_text(encoding="utf-8")
RECEIVER = (ROOT / "callbot" / "webhook" / "receiver.py").read_text(encoding="utf-8")
BLOCKS: dict[str, str] = dict(re.findall(r"```python\n# (\w+\.py)\n(.*?)```", TEXT, re.DOTALL))


@pytest.fixture(autouse=True)
def _logging_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def test_every_field_of_a_line_is_in_the_table() -> None:
    table = TEXT.partition("### What every line says")[2].partition("\n\nA request")[0]
    first = "".join(row.split("|")[1] for row in table.splitlines() if row.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", first)) == {*ID_FIELDS, "hook"}


def test_every_attribute_of_a_span_is_in_the_table() -> None:
    listed = TEXT.partition("## Traces")[2]
    given = re.findall(r'"((?:callbot|http|url|server|error)\.[\w.]+)"', SPANS + TALLY + RECEIVER)
    assert len(given) > 20
    for name in given:
        short = f"`.{name.rpartition('.')[2]}`" if name.startswith("callbot.transition.") else f"`{name}`"
        assert short in listed or f"`{name}`" in listed, name


@pytest.mark.parametrize("name", BLOCKS)
def test_the_examples_are_python(name: str) -> None:
    compile(BLOCKS[name], name, "exec")


@pytest.mark.parametrize("name", ["greeting.py", "host.py"])
def test_the_examples_run(name: str) -> None:
    exec(compile(BLOCKS[name], name, "exec"), {"__name__": "example"})
