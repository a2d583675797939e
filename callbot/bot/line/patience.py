"""How long the verbs wait for their outcome, in seconds, unless they are told otherwise.

Generous on purpose: with the looks in between, a limit is reached only when Graph itself goes on saying that
it is not over, or cannot be asked.
"""

ANSWER = 60.0
END = 60.0  # of the call
RINGING = 60.0  # where nobody says how long it may ring
TRANSFER = 180.0
PLAY = 3600.0
RECORD = 900.0  # two minutes at most, and what may be queued before it
TONES = 300.0
INVITATION = 180.0
AT_ONCE = 60.0  # for what usually is over with the answer
