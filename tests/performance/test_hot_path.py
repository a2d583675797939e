import tomllib
from pathlib import Path

import pytest

from bench.guard import COUNTS, version

BOUNDS = tomllib.loads(Path(__file__).with_name("bounds.toml").read_text(encoding="utf-8"))
JUMP = 1.10


@pytest.fixture
def bounds() -> dict[str, float]:
    if version() not in BOUNDS:
        pytest.skip(f"nothing is recorded for Python {version()}: see bounds.toml")
    recorded: dict[str, float] = BOUNDS[version()]
    return recorded


@pytest.mark.parametrize("name", COUNTS)
async def test_it_costs_no_more_than_recorded(name: str, bounds: dict[str, float]) -> None:
    now = await COUNTS[name]()
    assert now <= bounds[name] * JUMP, (
        f"{name}: {now:.0f}, recorded are {bounds[name]:.0f}. Is the change worth it? "
        "Then record what `python -m bench.guard` prints in bounds.toml"
    )


@pytest.mark.parametrize("name", ["function_calls", "instructions", "instructions_of_get"])
async def test_the_count_is_the_same_whenever_it_is_taken(name: str) -> None:
    assert await COUNTS[name]() == pytest.approx(await COUNTS[name](), rel=0.001)  # but for the collector
