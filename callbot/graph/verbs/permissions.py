"""The application permissions of the calls API; delegated ones are never supported.

https://learn.microsoft.com/graph/permissions-reference#calls-permissions
"""

INITIATE = "Calls.Initiate.All"
INITIATE_GROUP = "Calls.InitiateGroupCall.All"
JOIN = "Calls.JoinGroupCall.All"
JOIN_AS_GUEST = "Calls.JoinGroupCallAsGuest.All"
ACCESS_MEDIA = "Calls.AccessMedia.All"
