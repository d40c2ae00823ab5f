"""Logos: any picture that arrives is drawn again, so that nothing but its pixels is kept."""

import io
import warnings

from PIL import Image, ImageOps, UnidentifiedImageError

from cartable.authorities.rules import PictureRefused

MOST_BYTES = 1_000_000
MOST_PIXELS = 12_000_000
SIDE = 512
"""Pixels of the longer side, at most, of what is kept."""

_FORMATS = ("PNG", "JPEG", "WEBP")


def drawn_again(content: bytes) -> bytes:
    """A WebP of the first image, upright, at most 512 pixels wide or high, without metadata.

    Raises:
        PictureRefused: reason `size` (limit in bytes), `pixels` (limit in pixels) or `unreadable`.
    """
    if len(content) > MOST_BYTES:
        raise PictureRefused(reason="size", limit=MOST_BYTES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=_FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise PictureRefused(reason="pixels", limit=MOST_PIXELS)
                picture.load()
                return _draw(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise PictureRefused(reason="pixels", limit=MOST_PIXELS) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise PictureRefused(reason="unreadable") from None


def _draw(picture: Image.Image) -> bytes:
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((SIDE, SIDE))
    # A new image: pixels only, no profile, text, Exif or what follows the end of the file.
    clean = Image.new("RGBA", upright.size)
    clean.paste(upright)
    out = io.BytesIO()
    clean.save(out, "WEBP", quality=90, method=4)
    return out.getvalue()
