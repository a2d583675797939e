"""Where the funnel gets its tokens: all it knows of signing in."""

from typing import Protocol


class TokenSource(Protocol):
    """Where the funnel gets its tokens."""

    def cached(self, tenant: str) -> str | None:
        """Return a token that is known to be good, without waiting."""
        ...

    async def token(self, tenant: str) -> str:
        """Return a token for `tenant`; raises `AuthenticationFailed`, `Unavailable` or `GraphTimeout`."""
        ...

    def drop(self, tenant: str, token: str) -> bool:
        """Forget `token`: Graph does not take it. Return whether another one may do better."""
        ...

    async def close(self) -> None:
        """End every sign-in that is under way."""
        ...
