"""RCP: radio and call control (service 0x02), by topic in the modules beside this one.

Opcodes without a layout there stay `UnknownMessage`.
"""

from typing import Final

from radio_gateway.protocols.hytera import rcp_calls, rcp_radios, rcp_station
from radio_gateway.protocols.hytera.rcp_base import result_words
from radio_gateway.protocols.hytera.rcp_calls import (
    CallReply,
    CallRequest,
    CallType,
    KeyOperation,
    KeyOperationReply,
    Process,
    ReceiveStatus,
    RepeaterStatus,
    SlotService,
    SlotStatus,
    TransmitStatus,
)
from radio_gateway.protocols.hytera.rcp_radios import (
    AlertReply,
    AlertRequest,
    DisableReply,
    DisableRequest,
    EnableReply,
    EnableRequest,
    RemoteMonitorReply,
)
from radio_gateway.protocols.hytera.rcp_station import (
    BroadcastSubscription,
    BroadcastSubscriptionReply,
    ChannelStatusQuery,
    IdentityReply,
    MessageForwarding,
    MessageForwardingReply,
    PowerUpCheck,
    PowerUpCheckReply,
    StatusReport,
    StatusSubscription,
    StatusSubscriptionReply,
    StatusTarget,
)

__all__ = [
    "MESSAGES",
    "AlertReply",
    "AlertRequest",
    "BroadcastSubscription",
    "BroadcastSubscriptionReply",
    "CallReply",
    "CallRequest",
    "CallType",
    "ChannelStatusQuery",
    "DisableReply",
    "DisableRequest",
    "EnableReply",
    "EnableRequest",
    "IdentityReply",
    "KeyOperation",
    "KeyOperationReply",
    "MessageForwarding",
    "MessageForwardingReply",
    "PowerUpCheck",
    "PowerUpCheckReply",
    "Process",
    "ReceiveStatus",
    "RemoteMonitorReply",
    "RepeaterStatus",
    "SlotService",
    "SlotStatus",
    "StatusReport",
    "StatusSubscription",
    "StatusSubscriptionReply",
    "StatusTarget",
    "TransmitStatus",
    "result_words",
]

MESSAGES: Final = (*rcp_calls.MESSAGES, *rcp_radios.MESSAGES, *rcp_station.MESSAGES)
