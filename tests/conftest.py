"""What holds for every test: a busy machine is no failure."""

from hypothesis import HealthCheck, settings

settings.register_profile("callbot", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("callbot")
