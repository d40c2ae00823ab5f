"""What fields of several shapes hold."""

from typing import Annotated, Literal

import msgspec

Role = Literal["councillor", "clerk", "admin", "staff", "guest"]
Civility = Literal["", "Mme", "M."]
# On one line: names stand in letters, where a line of one's own could be taken for ours.
Name = Annotated[
    str,
    msgspec.Meta(
        min_length=1,
        max_length=120,
        pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$",
    ),
]
Secret = Annotated[str, msgspec.Meta(min_length=20, max_length=100)]
Position = Annotated[str, msgspec.Meta(max_length=160)]
Phone = Annotated[str, msgspec.Meta(max_length=40)]
AssemblyKind = Literal["council", "bureau", "committee", "other"]
