"""Papers made once for all tests of the demonstration."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def demo_papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder where papers are kept once made."""
    return tmp_path_factory.mktemp("demo-papers")
