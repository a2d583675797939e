"""Who hears whom in a group call."""

from collections.abc import Iterable, Sequence

from callbot.bot.parts.part import Part
from callbot.model import AudioRoutingGroup, RoutingMode


class AudioRouting(Part):
    """Audio routing groups. Sources and receivers are participant ids; the bot names its groups.

    https://learn.microsoft.com/graph/api/resources/audioroutinggroup
    """

    async def list(
        self, *, select: Iterable[str] = (), expand: Iterable[str] = ()
    ) -> Sequence[AudioRoutingGroup]:
        """Read the groups. https://learn.microsoft.com/graph/api/call-list-audioroutinggroups."""
        return await self._line.ask(
            self._graph.list_audio_routing_groups(
                self._line.id, tenant=self._line.tenant, select=select, expand=expand
            )
        )

    async def create(
        self,
        name: str,
        *,
        sources: Sequence[str],
        receivers: Sequence[str],
        mode: RoutingMode = RoutingMode.MULTICAST,
    ) -> AudioRoutingGroup:
        """Let `receivers` hear `sources`; `ONE_TO_ONE` takes one of each.

        https://learn.microsoft.com/graph/api/call-post-audioroutinggroups
        """
        return await self._line.ask(
            self._graph.create_audio_routing_group(
                self._line.id,
                name,
                tenant=self._line.tenant,
                mode=mode,
                sources=sources,
                receivers=receivers,
            )
        )

    async def get(self, name: str) -> AudioRoutingGroup:
        """Read one group; raises `NotFound`. https://learn.microsoft.com/graph/api/audioroutinggroup-get."""
        return await self._line.ask(
            self._graph.get_audio_routing_group(self._line.id, name, tenant=self._line.tenant)
        )

    async def update(
        self,
        name: str,
        *,
        sources: Sequence[str],
        receivers: Sequence[str],
        mode: RoutingMode = RoutingMode.MULTICAST,
    ) -> AudioRoutingGroup:
        """Set anew who hears whom. https://learn.microsoft.com/graph/api/audioroutinggroup-update."""
        return await self._line.ask(
            self._graph.update_audio_routing_group(
                self._line.id,
                name,
                tenant=self._line.tenant,
                mode=mode,
                sources=sources,
                receivers=receivers,
            )
        )

    async def delete(self, name: str) -> None:
        """Remove a group. https://learn.microsoft.com/graph/api/audioroutinggroup-delete."""
        await self._line.ask(
            self._graph.delete_audio_routing_group(self._line.id, name, tenant=self._line.tenant)
        )
