"""What was begun in a call, and what is being shared."""

from collections.abc import Iterable, Sequence

from callbot.bot.parts.part import Part
from callbot.model import CommsOperation, ContentSharingSession


class Operations(Part):
    """The operations of a call: prompts, recordings, invitations... as long as Graph remembers them.

    https://learn.microsoft.com/graph/api/resources/commsoperation
    """

    async def list(
        self, *, select: Iterable[str] = (), expand: Iterable[str] = ()
    ) -> Sequence[CommsOperation]:
        """Read the operations of the call."""
        return await self._line.ask(
            self._graph.list_operations(self._line.id, tenant=self._line.tenant, select=select, expand=expand)
        )

    async def get(self, operation_id: str) -> CommsOperation:
        """Read one of them; raises `NotFound`."""
        return await self._line.ask(
            self._graph.get_operation(self._line.id, operation_id, tenant=self._line.tenant)
        )


class ContentSharing(Part):
    """What people share. `on_content_sharing` is told of it where the call was placed or answered with it.

    https://learn.microsoft.com/graph/api/resources/contentsharingsession
    """

    async def list(
        self, *, select: Iterable[str] = (), expand: Iterable[str] = ()
    ) -> Sequence[ContentSharingSession]:
        """Read what is being shared. https://learn.microsoft.com/graph/api/call-list-contentsharingsessions."""
        return await self._line.ask(
            self._graph.list_content_sharing_sessions(
                self._line.id, tenant=self._line.tenant, select=select, expand=expand
            )
        )

    async def get(self, content_sharing_id: str) -> ContentSharingSession:
        """Read one of them; raises `NotFound`.

        https://learn.microsoft.com/graph/api/contentsharingsession-get
        """
        return await self._line.ask(
            self._graph.get_content_sharing_session(
                self._line.id, content_sharing_id, tenant=self._line.tenant
            )
        )
