"""What all parts of the settings have in common."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(ge=0)]


class Frozen(BaseModel):
    """Settings do not change while an emulator runs, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")
