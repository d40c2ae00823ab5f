"""Pages a second of a whole reading in its cage, against bare PDFium on the same files.

Bare PDFium is what no reading can beat: in this process, already loaded, text of every page and
one drawing, nothing checked, nothing written. Run: `.venv/bin/python tests/bench/ingestion.py`.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import anyio
import pypdfium2 as pdfium

from cartable.documents.confinement import inspect_pdf

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"
FILES = ("o05", "o04", "o01", "o03", "o06", "o02")
ROUNDS = 5


def bare(source: Path) -> int:
    document = pdfium.PdfDocument(source)
    for page in document:
        text = page.get_textpage()
        text.get_text_range()
        text.close()
        page.close()
    first = document[0]
    first.render(scale=480 / first.get_width())
    return len(document)


def confined(source: Path) -> int:
    with tempfile.TemporaryDirectory() as folder:
        inspection = anyio.run(inspect_pdf, source, Path(folder))
    if inspection.refusal:
        raise SystemExit(f"{source.name} was refused: {inspection.refusal}")
    return inspection.pages


def seconds(read: Callable[[Path], int], source: Path) -> float:
    start = time.perf_counter()
    read(source)
    return time.perf_counter() - start


def main() -> None:
    sources = [path for number in FILES for path in CORPUS.glob(f"{number}_*.pdf")]
    if not sources:
        print("the corpus of real PDFs (../shared/corpus) is not on this machine")
        sys.exit(1)
    print(
        f"{'file':28}{'pages':>6}{'cage s':>9}{'bare s':>9}{'cage p/s':>10}{'bare p/s':>10}  ratio"
    )
    total = [0.0, 0.0, 0.0]
    for source in sources:
        pages = bare(source)
        pairs = [(seconds(confined, source), seconds(bare, source)) for _ in range(ROUNDS)]
        ours, theirs = (statistics.median(column) for column in zip(*pairs, strict=True))
        total = [total[0] + pages, total[1] + ours, total[2] + theirs]
        show(source.stem, pages, ours, theirs)
    show("all", int(total[0]), total[1], total[2])


def show(name: str, pages: int, ours: float, theirs: float) -> None:
    print(
        f"{name:28}{pages:6}{ours:9.3f}{theirs:9.3f}"
        f"{pages / ours:10.0f}{pages / theirs:10.0f}{ours / theirs:7.1f}"
    )


if __name__ == "__main__":
    main()
