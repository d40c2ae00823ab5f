"""Without a mail server, messages are files: for trying Cartable, and for its tests."""

import os
import tempfile
from pathlib import Path

from cartable.sealing import flush_folder


def write(folder: Path, name: str, message: bytes) -> Path:
    """Write `folder/name`, whole or not at all, for its owner alone: links open sessions."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, aside = tempfile.mkstemp(dir=folder, prefix=".", suffix=".part")
    with os.fdopen(handle, "wb") as file:
        file.write(message)
        file.flush()
        os.fsync(file.fileno())
    path = folder / name
    Path(aside).replace(path)
    flush_folder(folder)
    return path
