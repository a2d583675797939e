"""What a record says of itself."""

from callbot.state import Created, fold
from tests.state.wire import APP_ID, CALL_ID, TENANT_ID


def test_a_record_says_what_log_lines_about_its_call_say() -> None:
    created = Created(1.0, APP_ID, TENANT_ID, CALL_ID, {"state": "establishing"}, None, "a-scenario")
    record = fold(None, created).record
    assert record is not None
    why = ("a-request", None, "a-chain", None)
    assert record.context(why) == (CALL_ID, TENANT_ID, APP_ID, "a-scenario", None, record, why)
