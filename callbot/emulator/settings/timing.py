"""How long things take, in seconds of the emulator's clock."""

from pydantic import Field

from callbot.emulator.settings.base import Frozen, Seconds


class Timing(Frozen):
    """The deadlines of the platform, and how fast the emulated world is."""

    answer_within: Seconds = Field(15.0, description="an incoming call that is not answered ends")
    policy_answer_within: Seconds = Field(5.0, description="the same for a policy-recording call")
    keep_alive_within: Seconds = Field(2700.0, description="a call without a keep-alive for so long ends")
    ring: Seconds = Field(60.0, description="a person who does not pick up is given up")
    transfer_ring: Seconds = Field(30.0, description="the same for the target of a transfer")
    establish: Seconds = Field(0.2, description="from the answer to established")
    media: Seconds = Field(0.1, description="from established to audio active")
    terminating: Seconds = Field(0.1, description="from terminating to terminated, where it is shown")
    transfer_done: Seconds = Field(0.2, description="from transferAccepted to the end of the call")
    lobby: Seconds = Field(900.0, description="a guest nobody admits is removed from the lobby")
    alone: Seconds = Field(5.0, description="a bot that was left alone is removed")
    nobody_joined: Seconds = Field(120.0, description="a bot that nobody joins is removed")
    recording_available: Seconds = Field(600.0, description="a recording can be downloaded for so long")
    join_token: Seconds = Field(86_400.0, description="lifetime of the token in a tokenMeetingInfo")
    gallery: Seconds = Field(0.2, description="how long adding the large gallery view takes")
    callback_timeout: Seconds = Field(15.0, description="a callback without an answer for so long has failed")
    joining_timeout: Seconds = Field(5.0, description="the same for the participant-joining question")
    callback_token: Seconds = Field(300.0, description="lifetime of a callback's token")
    access_token: Seconds = Field(3599.0, description="lifetime of an access token")
