"""The clouds Graph runs in: where each signs in, where its API is and who signs its callbacks.

https://learn.microsoft.com/graph/deployments
"""

from typing import NamedTuple

_INBOUND_ISSUERS = ("https://api.botframework.com", "https://graph.microsoft.com")
_INBOUND_METADATA = "https://api.aps.skype.com/v1/.well-known/OpenIdConfiguration"


class Cloud(NamedTuple):
    """One cloud: its addresses, and what it lacks.

    `authority` is the login host, `graph_root` the API's, both without a path. `issuers` and
    `metadata_url` say whose callbacks are believed: nothing else is documented for the government clouds,
    so they take the global values until settings say otherwise. `calls` is False where there is no calls
    API at all.
    """

    name: str
    authority: str
    graph_root: str
    issuers: tuple[str, ...] = _INBOUND_ISSUERS
    metadata_url: str = _INBOUND_METADATA
    calls: bool = True

    @property
    def scope(self) -> str:
        """Return the scope to ask a token for with client credentials."""
        return f"{self.graph_root}/.default"


CLOUDS: dict[str, Cloud] = {
    cloud.name: cloud
    for cloud in (
        Cloud("Global", "https://login.microsoftonline.com", "https://graph.microsoft.com"),
        Cloud("UsGovL4", "https://login.microsoftonline.us", "https://graph.microsoft.us"),
        Cloud("UsGovL5", "https://login.microsoftonline.us", "https://dod-graph.microsoft.us"),
        Cloud(
            "China",
            "https://login.chinacloudapi.cn",
            "https://microsoftgraph.chinacloudapi.cn",
            calls=False,
        ),
    )
}
