"""What all groups of verbs share: the way to the funnel and back to a typed value."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from callbot.errors import Unavailable
from callbot.graph.transport.funnel import Funnel
from callbot.graph.verb import Verb
from callbot.model import CommsOperation, Resource

R = TypeVar("R", bound=Resource)
Op = TypeVar("Op", bound=CommsOperation)


class VerbGroup:
    """Sends verbs through `funnel`."""

    def __init__(self, funnel: Funnel) -> None:
        self._funnel = funnel

    async def _fetch(
        self,
        verb: Verb,
        kind: type[R],
        *,
        tenant: str | None,
        ids: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
        scenario_id: str | None = None,
    ) -> R:
        """Send a verb that is answered with a resource."""
        document = await self._funnel.send(
            verb, tenant=tenant, ids=ids, query=query, body=body, scenario_id=scenario_id
        )
        if document is None:
            raise Unavailable("Graph reported success with an empty body", verb=verb.name)
        return kind.view(document)

    async def _begin(
        self,
        verb: Verb,
        kind: type[Op],
        tenant: str | None,
        client_context: str,
        *,
        body: Mapping[str, object] | None = None,
        **ids: str,
    ) -> Op:
        """Send a verb that begins an operation.

        Graph may leave the operation out of its answer; it is known by its client context then.
        """
        wire = {**(body or {}), "clientContext": client_context}
        document = await self._funnel.send(verb, tenant=tenant, ids=ids, body=wire)
        return kind.view(document if document is not None else {"clientContext": client_context})

    async def _list(
        self,
        verb: Verb,
        kind: type[R],
        *,
        tenant: str | None,
        ids: Mapping[str, str],
        query: Mapping[str, str] | None = None,
    ) -> list[R]:
        """Send a verb that is answered with a list of resources."""
        items = await self._funnel.pages(verb, tenant=tenant, ids=ids, query=query)
        return [kind.view(item) for item in items]


def odata(select: Iterable[str] = (), expand: Iterable[str] = ()) -> dict[str, str] | None:
    """Return the query that asks for some properties, and for related resources within the answer."""
    query = {"$select": ",".join(select), "$expand": ",".join(expand)}
    return {name: value for name, value in query.items() if value} or None


def given(**values: object) -> dict[str, object]:
    """Return the body keys that were given: None is what the caller left out."""
    return {key: _plain(value) for key, value in values.items() if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, Resource):
        return value.to_wire()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value
