"""What video-interop partners report about their devices.

https://learn.microsoft.com/graph/api/resources/teleconferencedevicequality
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar

from pydantic import Field

from callbot.model.base import Resource


class TeleconferenceDeviceMediaQuality(Resource):
    """The quality of one media channel: rates in percent (0-100), sizes in packets and bytes."""

    graph_type: ClassVar[str] = "teleconferenceDeviceMediaQuality"

    average_inbound_jitter: timedelta | None = None
    average_inbound_packet_loss_rate_in_percentage: float | None = None
    average_inbound_round_trip_delay: timedelta | None = None
    average_outbound_jitter: timedelta | None = None
    average_outbound_packet_loss_rate_in_percentage: float | None = None
    average_outbound_round_trip_delay: timedelta | None = None
    channel_index: int | None = None
    inbound_packets: int | None = None
    local_ip_address: str | None = Field(default=None, alias="localIPAddress")
    local_port: int | None = None
    maximum_inbound_jitter: timedelta | None = None
    maximum_inbound_packet_loss_rate_in_percentage: float | None = None
    maximum_inbound_round_trip_delay: timedelta | None = None
    maximum_outbound_jitter: timedelta | None = None
    maximum_outbound_packet_loss_rate_in_percentage: float | None = None
    maximum_outbound_round_trip_delay: timedelta | None = None
    media_duration: timedelta | None = None
    network_link_speed_in_bytes: int | None = None
    outbound_packets: int | None = None
    remote_ip_address: str | None = Field(default=None, alias="remoteIPAddress")
    remote_port: int | None = None


class TeleconferenceDeviceAudioQuality(TeleconferenceDeviceMediaQuality):
    """The quality of an audio channel."""

    graph_type: ClassVar[str] = "teleconferenceDeviceAudioQuality"


class TeleconferenceDeviceVideoQuality(TeleconferenceDeviceMediaQuality):
    """The quality of a video channel: rates in bits and frames per second."""

    graph_type: ClassVar[str] = "teleconferenceDeviceVideoQuality"
    marks: ClassVar[tuple[str, ...]] = ("averageInboundBitRate", "averageOutboundBitRate")

    average_inbound_bit_rate: float | None = None
    average_inbound_frame_rate: float | None = None
    average_outbound_bit_rate: float | None = None
    average_outbound_frame_rate: float | None = None


class TeleconferenceDeviceScreenSharingQuality(TeleconferenceDeviceVideoQuality):
    """The quality of a shared screen."""

    graph_type: ClassVar[str] = "teleconferenceDeviceScreenSharingQuality"
    marks: ClassVar[tuple[str, ...]] = ()


class TeleconferenceDeviceQuality(Resource):
    """One device's report about one media leg; the ids are GUIDs."""

    graph_type: ClassVar[str] = "teleconferenceDeviceQuality"

    call_chain_id: str | None
    participant_id: str | None
    media_leg_id: str | None
    device_name: str | None
    device_description: str | None
    media_quality_list: Sequence[TeleconferenceDeviceMediaQuality]
    cloud_service_deployment_environment: str | None = None
    cloud_service_deployment_id: str | None = None
    cloud_service_instance_name: str | None = None
    cloud_service_name: str | None = None
