"""How a test of a bot fails."""


class ExpectationFailed(AssertionError):
    """What the test waited for did not happen. The message says what did, and ends with the timeline."""


class HandlerRaised(AssertionError):
    """A handler of the bot raised during a test that passed otherwise. The cause is what it raised.

    A bot answers an exception by going on, so without this nobody would notice. A test of what the bot does
    about failures says so with `simulate(bot, handlers_may_raise=True)`.
    """
