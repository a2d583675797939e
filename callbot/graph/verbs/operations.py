"""The verbs of what has been started and what is reported: operations, device quality."""

from collections.abc import Iterable

from callbot.graph.verb import ACCESS_MEDIA, Repeat, Verb
from callbot.graph.verbs.group import VerbGroup, odata
from callbot.model import CommsOperation, TeleconferenceDeviceQuality

LIST_OPERATIONS = Verb(
    name="list_operations",
    does="Read the operations of a call",
    method="GET",
    path="/communications/calls/{call_id}/operations",
    docs="resources/commsoperation",
    repeat=Repeat.FREELY,
)
GET_OPERATION = Verb(
    name="get_operation",
    does="Read one operation",
    method="GET",
    path="/communications/calls/{call_id}/operations/{operation_id}",
    docs="resources/commsoperation",
    repeat=Repeat.FREELY,
    names_call=False,
)
LOG_DEVICE_QUALITY = Verb(
    name="log_device_quality",
    does="Report how well a meeting-room device did",
    method="POST",
    path="/communications/calls/logTeleconferenceDeviceQuality",
    docs="call-logteleconferencedevicequality",
    permissions=(ACCESS_MEDIA,),
    names_call=False,
)

VERBS = (LIST_OPERATIONS, GET_OPERATION, LOG_DEVICE_QUALITY)


class OperationVerbs(VerbGroup):
    """Verbs about operations and reports. Graph exposes the first two without a page of documentation."""

    async def list_operations(
        self, call_id: str, *, tenant: str | None, select: Iterable[str] = (), expand: Iterable[str] = ()
    ) -> list[CommsOperation]:
        """Read the operations of a call. https://learn.microsoft.com/graph/api/resources/commsoperation."""
        return await self._list(
            LIST_OPERATIONS,
            CommsOperation,
            tenant=tenant,
            ids={"call_id": call_id},
            query=odata(select, expand),
        )

    async def get_operation(self, call_id: str, operation_id: str, *, tenant: str | None) -> CommsOperation:
        """Read one operation; raises `NotFound`.

        https://learn.microsoft.com/graph/api/resources/commsoperation
        """
        return await self._fetch(
            GET_OPERATION,
            CommsOperation,
            tenant=tenant,
            ids={"call_id": call_id, "operation_id": operation_id},
        )

    async def log_device_quality(self, quality: TeleconferenceDeviceQuality, *, tenant: str | None) -> None:
        """Report the quality a device of a video-interop partner measured.

        https://learn.microsoft.com/graph/api/call-logteleconferencedevicequality
        """
        await self._funnel.send(LOG_DEVICE_QUALITY, tenant=tenant, body={"quality": quality.to_wire()})
