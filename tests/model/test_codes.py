import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callbot.codes import explain
from callbot.model import ResultInfo

END_REASONS = [
    *(
        (200, subcode)
        for subcode in (4097, 4521, 5000, 5001, 5002, 5003, 5007, 5010, 5012, 5013, 5014, 5020, 5030)
    ),
    *((200, subcode) for subcode in (5300, 5855, 7000, 10550, 7015, 18503, 540000, 560000)),
    *((408, subcode) for subcode in (8537, 1106, 10057)),
    (0, 7015),
    (410, 301005),
    *((480, subcode) for subcode in (10037, 10076, 10134, 10199)),
    *((500, subcode) for subcode in (1005, 7106, 1203002, 3003, 7000, 7700)),
    (400, 2203),
    (412, 9999),
    (403, 10151),
    *((487, subcode) for subcode in (0, 540487, 560487, 8542)),
    (486, 8539),
    (603, 8538),
]
PLATFORM = [
    *(7000, 7501, 7502, 7503, 7504, 7505, 7507),
    *(
        8500,
        8501,
        8502,
        8503,
        8505,
        8506,
        8508,
        8509,
        8510,
        8511,
        8512,
        8513,
        8514,
        8515,
        8516,
        8517,
        8519,
        8520,
    ),
    *(
        8522,
        8523,
        8524,
        8525,
        8526,
        8527,
        8528,
        8529,
        8530,
        8535,
        8536,
        8537,
        8538,
        8539,
        8540,
        8541,
        8542,
        8543,
    ),
    *(8544, 8545, 8546, 8548, 8552, 8554, 8558, 8560, 8561, 8566, 8583, 8585, 8586, 8587, 8609, 8610),
    *(9001, 9002, 9003, 9999),
]


@pytest.mark.parametrize(("code", "subcode"), END_REASONS)
def test_every_end_reason_is_explained(code: int, subcode: int) -> None:
    explanation = explain(code, subcode)
    assert explanation.known
    assert explanation.meaning.endswith(".")


@pytest.mark.parametrize("subcode", PLATFORM)
def test_every_platform_code_is_explained(subcode: int) -> None:
    assert explain(None, subcode).known
    assert explain(400, subcode).known


@pytest.mark.parametrize(
    ("code", "subcode", "help_in_it"),
    [
        (403, 7503, "Calling.*consent.*Calls\\.JoinGroupCall\\.All"),
        (403, 7504, "consent.*Calls\\.Initiate\\.All"),
        (403, 7505, "tenant"),
        (400, 8501, "established"),
        (404, 8522, "no history"),
        (400, 8535, "16 kHz.*ffmpeg.*sox"),
        (400, 8536, "https.*public"),
        (408, 8537, "45 minutes"),
        (None, 8586, "15 seconds"),
        (None, 8587, "15 seconds"),
        (410, 301005, "media"),
        (200, 5855, "admit"),
        (429, None, "Retry-After"),
        (401, None, "scope"),
    ],
)
def test_a_fix_is_one_that_helps(code: int | None, subcode: int | None, help_in_it: str) -> None:
    assert re.search(help_in_it, explain(code, subcode).fix)


def test_a_pair_can_say_other_than_its_subcode() -> None:
    assert "bot ended" in explain(200, 7000).meaning
    assert "transfer failed" in explain(500, 7000).meaning


def test_an_unknown_subcode_says_so_and_keeps_what_the_code_tells() -> None:
    busy = explain(486, 123456)
    assert not busy.known
    assert "486, subcode 123456" in busy.meaning
    assert "busy" in busy.meaning
    assert "4xx" in explain(499, 1).meaning
    assert "gave no code" in explain(None, None).meaning
    assert "subcode 123456" in explain(None, 123456).meaning


@given(st.none() | st.integers(), st.none() | st.integers())
def test_any_number_is_explained(code: int | None, subcode: int | None) -> None:
    explanation = explain(code, subcode)
    assert str(explanation).startswith(explanation.meaning)
    assert explanation.meaning
    assert explanation.known or explanation.fix


def test_a_result_explains_itself_whatever_its_spelling() -> None:
    assert ResultInfo.model_validate({"code": "404", "subCode": "8522"}).explain() == explain(404, 8522)
    assert ResultInfo(code=200, subcode=0).is_success
    assert ResultInfo(code=0, subcode=7015).is_success
    assert not ResultInfo().is_success
