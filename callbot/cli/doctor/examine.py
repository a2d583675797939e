"""Which checks there are, and in what order."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path

from callbot.cli.doctor.access import check_authority, check_graph, check_sign_in
from callbot.cli.doctor.callbacks import check_callbacks
from callbot.cli.doctor.exam import Exam, examination
from callbot.cli.doctor.findings import Finding
from callbot.cli.doctor.local import check_admin, check_prompts, check_store, check_tracing
from callbot.cli.doctor.platform import check_clock, check_cloud, check_keys, check_resource_account
from callbot.clock import Clock
from callbot.settings import Settings

Check = Callable[[Exam], Awaitable[list[Finding]]]

CHECKS: tuple[Check, ...] = (
    check_cloud,
    check_authority,
    check_sign_in,
    check_graph,
    check_keys,
    check_clock,
    check_callbacks,
    check_store,
    check_admin,
)
"""In the order of what depends on what: a later check uses what an earlier one has learnt."""


async def examine(
    settings: Settings,
    clock: Clock,
    *,
    tenant: str | None = None,
    prompts: Sequence[Path] = (),
    resource_account: str | None = None,
) -> AsyncIterator[Finding]:
    """Yield what is found, as soon as it is. `tenant` is whose sign-in is tried; the bot's own by default."""
    for finding in check_tracing(settings):
        yield finding
    untraced = settings.model_copy(update={"tracing": False})
    async with examination(untraced, clock, tenant) as exam:
        for check in CHECKS:
            for finding in await check(exam):
                yield finding
        if resource_account is not None:
            for finding in await check_resource_account(exam, resource_account):
                yield finding
    for finding in await check_prompts(prompts):
        yield finding
