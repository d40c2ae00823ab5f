"""Telephone numbers: typed the French way, kept as E.164 (ITU-T E.164, ARCEP numbering plan)."""

import re

_SPACING = re.compile(r"[\s.\-/_()\u00a0\u202f\u2007]+")
_OVERSEAS = {
    "590": ("0590", "0690", "0691"),
    "594": ("0594", "0694"),
    "596": ("0596", "0696", "0697"),
    "262": ("0262", "0263", "0269", "0639", "0692", "0693"),
}
"""Beginnings of the numbers that overseas departments dial, by country code."""


class NotAPhone(ValueError):
    """Nobody can be called with this."""


def international(typed: str) -> str:
    """E.164 of a number typed in France, or written with its country code; empty stays empty.

    Raises:
        NotAPhone
    """
    plain = _SPACING.sub("", typed.replace("(0)", ""))
    if not plain:
        return ""
    if plain.startswith("00"):
        plain = f"+{plain[2:]}"
    if re.fullmatch(r"0[1-9]\d{8}", plain, re.ASCII):
        return f"+{_country(plain)}{plain[1:]}"
    # A trunk 0 kept after a French country code is a usual slip: +33 06 12 34 56 78.
    plain = re.sub(r"^\+(33|590|594|596|262)0(?=[1-9]\d{8}$)", r"+\1", plain, flags=re.ASCII)
    if plain.startswith("+33") and not re.fullmatch(r"\+33[1-9]\d{8}", plain, re.ASCII):
        raise NotAPhone(typed)
    if not re.fullmatch(r"\+[1-9]\d{6,14}", plain, re.ASCII):
        raise NotAPhone(typed)
    return plain


def _country(national: str) -> str:
    for code, beginnings in _OVERSEAS.items():
        if national.startswith(beginnings):
            return code
    return "33"


def national(phone: str) -> str:
    """`06 12 34 56 78` for a French number, else the number with its country code."""
    for code in ("33", *_OVERSEAS):
        if phone.startswith(f"+{code}") and len(phone) == len(code) + 10:
            digits = f"0{phone[len(code) + 1 :]}"
            return " ".join(digits[at : at + 2] for at in range(0, 10, 2))
    return phone
