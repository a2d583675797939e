"""The resultInfo of each way a call or an operation can end.

https://learn.microsoft.com/graph/api/call-delete lists the documented ones. No source gives those of
declined, busy, cancelled and rejected calls for Graph, nor that of an incoming call that was not answered.
"""

from callbot.emulator.settings.base import Frozen


class Outcome(Frozen):
    """Why something ended."""

    code: int
    subcode: int
    message: str


def _ended(code: int, subcode: int, words: str) -> Outcome:
    return Outcome(code=code, subcode=subcode, message=f"{words} DiagCode: {code}#{subcode}.@")


def _well(subcode: int, words: str) -> Outcome:
    return Outcome(code=200, subcode=subcode, message=f"{words} DiagCode: 0#{subcode}.@")


class Outcomes(Frozen):
    """The end of a call, by what ended it."""

    hung_up: Outcome = _well(5002, "The conversation has ended.")
    hung_up_by_phone: Outcome = _well(560000, "The call was ended by the PSTN user.")
    ended_by_bot: Outcome = _well(7000, "The call was ended by the bot.")
    conversation_ended: Outcome = _well(5001, "The conversation has ended.")
    removed: Outcome = _well(5300, "The participant was removed by another participant.")
    lobby_denied: Outcome = _well(5300, "The participant was removed from the lobby.")
    lobby_timeout: Outcome = _well(5855, "The participant was removed from the lobby by inactivity.")
    alone: Outcome = _well(5010, "Only one participant remained in the conversation.")
    nobody_joined: Outcome = _well(5013, "Nobody else joined the conversation.")
    no_answer: Outcome = _ended(408, 10057, "Failed on no response from the callee.")
    declined: Outcome = _ended(603, 8538, "The callee declined the call.")
    busy: Outcome = _ended(486, 8539, "The callee is busy.")
    unreachable: Outcome = _ended(480, 10076, "The callee could not be reached.")
    no_endpoints: Outcome = _ended(480, 10037, "No callee endpoints were found.")
    cancelled: Outcome = _ended(487, 8542, "The caller gave up.")
    not_answered_by_bot: Outcome = _ended(408, 8587, "The incoming call was not answered within time.")
    not_kept_alive: Outcome = _ended(408, 8537, "The keep-alive timed out.")
    callback_unreachable: Outcome = _ended(500, 8586, "The bot did not acknowledge the notification.")
    media_failed: Outcome = _ended(410, 301005, "Client Media Error.")
    bad_join: Outcome = _ended(400, 2203, "Bad Request.")
    transferred: Outcome = Outcome(code=0, subcode=7015, message="GracefulTransferCompleted.")
    transfer_failed: Outcome = _ended(500, 7000, "The transfer failed.")
    replacement_failed: Outcome = _ended(500, 7700, "The call to be replaced was not found.")


class OperationOutcomes(Frozen):
    """The end of an operation."""

    done: Outcome = Outcome(code=200, subcode=0, message="Action completed successfully.")
    cancelled: Outcome = Outcome(
        code=400, subcode=8508, message="Action failed, the operation was cancelled."
    )
    max_duration: Outcome = Outcome(
        code=200, subcode=8515, message="Action completed, max record duration reached."
    )
    stop_tone: Outcome = Outcome(code=200, subcode=8514, message="Action completed, stop tone detected.")
    max_silence: Outcome = Outcome(code=200, subcode=8509, message="Action completed, max silence reached.")
    initial_silence: Outcome = Outcome(
        code=400, subcode=8510, message="Action failed, initial silence timeout reached."
    )
    prompt_failed: Outcome = Outcome(code=400, subcode=8511, message="Action failed, play prompt failed.")
    wrong_format: Outcome = Outcome(
        code=400, subcode=8535, message="Action failed, the file format is not supported."
    )
    not_downloaded: Outcome = Outcome(
        code=400, subcode=8536, message="Action failed, the file could not be downloaded."
    )
    nothing_to_replace: Outcome = Outcome(
        code=500, subcode=9999, message="Action failed, the call to be replaced was not found."
    )
