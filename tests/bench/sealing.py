"""200 MB of papers sealed on the tablet, beside the same bytes in clear in the same browser."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from tests.flows.browsers import open_browser
from tests.serving import served

FRONTEND = Path(__file__).resolve().parents[2] / "frontend"
MEGABYTES = 200
BUNDLE = """
import { rolldown } from 'rolldown'
const bundle = await rolldown({ input: 'src/sync/testing/sealing.ts', logLevel: 'warn' })
await bundle.write({ file: process.argv[1], format: 'iife', name: 'sealing' })
"""


def main() -> None:
    """Prints seconds to write and to read, and the ratio to plain IndexedDB of the same run."""
    with tempfile.TemporaryDirectory() as folder, served() as server:
        script = _bundle(Path(folder, "sealing.js"))
        engine = os.environ.get("CARTABLE_TEST_BROWSER", "chromium")
        with open_browser(engine, Path(folder, "tablet")) as tablet:
            tablet.open(f"{server.base.replace('127.0.0.1', 'localhost')}/connexion")
            told = tablet.script(f"{script}\nreturn sealing.measure(args[0])", MEGABYTES)
    clear = told["clear"]
    print(f"{MEGABYTES} MB in clear: written in {clear['write']} ms, read in {clear['read']} ms")
    for name, words in (("own", "sealed"), ("shared", "sealed with a share (in camera)")):
        write, read = told[name]["write"], told[name]["read"]
        print(
            f"{words}: written in {write} ms (ratio {write / clear['write']:.2f}), "
            f"read in {read} ms (ratio {read / clear['read']:.2f})"
        )
    print(f"sealed again when its item goes in camera: {told['again']} ms")


def _bundle(out: Path) -> str:
    node = shutil.which("node") or "node"
    subprocess.run([node, "--input-type=module", "-e", BUNDLE, str(out)], cwd=FRONTEND, check=True)
    return out.read_text(encoding="utf-8")


if __name__ == "__main__":
    main()
