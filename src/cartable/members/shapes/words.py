"""What fields of several shapes hold."""

from typing import Annotated, Literal

import msgspec

from cartable.authorities.shapes import OneLine

Role = Literal["councillor", "clerk", "admin", "staff", "guest"]
Civility = Literal["", "Mme", "M."]
Name = OneLine
Secret = Annotated[str, msgspec.Meta(min_length=20, max_length=100)]
Position = Annotated[str, msgspec.Meta(max_length=160)]
Phone = Annotated[str, msgspec.Meta(max_length=40)]
AssemblyKind = Literal["council", "bureau", "committee", "other"]
