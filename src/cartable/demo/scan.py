"""What the typesetter cannot make: a paper as a copier scans it, a file closed by a password."""

import io
import random
import time

import pikepdf
import pypdfium2
from PIL import Image, ImageChops, ImageFilter

DOTS_PER_INCH = 130
# Pages come out of the copier on this day whatever the clock says.
SCANNED_AT = time.struct_time((2026, 1, 5, 9, 0, 0, 0, 5, 0))


def _grain(size: tuple[int, int], dice: random.Random) -> Image.Image:
    """Specks of a tired drum, drawn small then enlarged so that they look like dust."""
    small = (size[0] // 2, size[1] // 2)
    dots = Image.frombytes("L", small, dice.randbytes(small[0] * small[1]))
    return dots.point(lambda value: 240 + value // 18 if value else 190).resize(size)


def _as_scanned(page: Image.Image, dice: random.Random) -> Image.Image:
    grey = page.convert("L")
    turned = grey.rotate(
        dice.uniform(-0.9, 0.9), resample=Image.Resampling.BICUBIC, fillcolor=250, expand=False
    )
    moved = ImageChops.offset(turned, dice.randint(-7, 7), dice.randint(-5, 5))
    soft = moved.filter(ImageFilter.GaussianBlur(0.5)).point(lambda value: 22 + value * 226 // 255)
    return ImageChops.multiply(soft, _grain(soft.size, dice))


def scanned(pdf: bytes, seed: str) -> bytes:
    """The pages of `pdf` as grey, slightly turned pictures, without any text."""
    dice = random.Random(seed)  # noqa: S311
    document = pypdfium2.PdfDocument(pdf)
    pages = [
        _as_scanned(page.render(scale=DOTS_PER_INCH / 72, grayscale=True).to_pil(), dice)
        for page in document
    ]
    document.close()
    out = io.BytesIO()
    pages[0].save(
        out,
        format="PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=DOTS_PER_INCH,
        quality=62,
        producer="Copieur du secrétariat",
        creationDate=SCANNED_AT,
        modDate=SCANNED_AT,
    )
    return out.getvalue()


def locked(pdf: bytes, password: str) -> bytes:
    """`pdf` behind a password, as a sender closes it who means well.

    The older cipher on purpose: the newer ones draw random salts, and the bytes would change.
    """
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        document.save(
            out,
            static_id=True,
            encryption=pikepdf.Encryption(
                user=password, owner=password, R=3, aes=False, metadata=False
            ),
        )
    return out.getvalue()
