"""Faults by name: what a test calls them, and what the emulator is told."""

from collections.abc import Mapping

FAULTS: Mapping[str, Mapping[str, object]] = {
    "callbacks lost": {"rates": {"drop": 0.3}, "spare_announcements": True},
    "callbacks late": {"rates": {"delay": 1.0}, "delay": 3.0},
    "callbacks doubled": {"rates": {"duplicate": 1.0}},
    "callbacks resent": {"rates": {"resend": 1.0}},
    "callbacks reordered": {"rates": {"reorder": 0.5}},
    "callbacks batched": {"rates": {"batch": 1.0}},
    "callbacks mixed": {"rates": {"mix": 1.0}},
    "callbacks empty": {"rates": {"empty": 0.3}, "spare_announcements": True},
    "callbacks early": {"rates": {"early": 1.0}},
    "callbacks from another clock": {"token_skew": 45.0},
    "requests throttled": {"rates": {"throttle": 0.3}},
    "requests failing": {"rates": {"fail_before": 0.2}},
    "requests failing after their effect": {"rates": {"fail_after": 0.2}},
    "requests refused": {"rates": {"refuse": 0.2}},
    "requests cut": {"rates": {"cut": 0.2}},
    "requests hanging": {"rates": {"hang_before": 0.2}},
    "requests hanging after their effect": {"rates": {"hang_after": 0.2}},
    "reads stale": {"rates": {"stale": 0.5}},
    "sign-in slow": {"rates": {"token_slow": 1.0}},
    "sign-in failing": {"rates": {"token_fail": 0.5}},
    "keys rotated": {"rotate_keys_every": 60.0},
    "keys down": {"keys_down": True},
}
"""Every name, and the emulator's fault settings it stands for."""

CALM: Mapping[str, object] = {
    "rates": {},
    "spare_announcements": False,
    "delay": 1.0,
    "token_skew": 0.0,
    "rotate_keys_every": None,
    "keys_down": False,
}
"""What ends all of them."""


def settings_for(*names: str, rate: float | None = None, seed: int = 0) -> dict[str, object]:
    """Return the fault settings that names mean; `rate` replaces how often each happens.

    A name is one of `FAULTS`, several with the same beginning can be one: "callbacks doubled and reordered".
    Raises `ValueError` for a name nobody knows.
    """
    settings: dict[str, object] = {**CALM, "seed": seed}
    rates: dict[str, float] = {}
    for name in names:
        for fault in _single(name):
            known = dict(FAULTS[fault])
            wanted = known.pop("rates", {})
            if isinstance(wanted, Mapping):
                rates |= {kind: usual if rate is None else rate for kind, usual in wanted.items()}
            settings |= known
    return {**settings, "rates": rates}


def _single(name: str) -> list[str]:
    """Take "callbacks doubled and reordered" apart."""
    faults: list[str] = []
    subject = ""
    for part in " ".join(name.lower().split()).replace(", ", " and ").split(" and "):
        full = part if part in FAULTS else f"{subject} {part}"
        if full not in FAULTS:
            known = "".join(f"\n  {one}" for one in FAULTS)
            raise ValueError(f"there is no fault {part!r}; these are known:{known}")
        faults.append(full)
        subject = full.partition(" ")[0]
    return faults
