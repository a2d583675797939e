"""What holds for every test: a busy machine is no failure, and the checks of stores say what was wrong."""

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("callbot", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("callbot")
pytest.register_assert_rewrite("callbot.testing.stores")  # before any test imports them
