"""Reading files of members: the reference product's, spreadsheets', and anything at all."""

import codecs
import csv
import io
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartable.errors import Invalid
from cartable.members.csv_file import MOST_LINES, clean, inert, read_sheet, write_sheet
from cartable.members.csv_people import People, read_people
from cartable.members.csv_words import BadCell, as_date, french
from cartable.members.phones import NotAPhone, international, national
from cartable.members.rules import (
    ImportColumnsUnknown,
    ImportEmpty,
    ImportTooLong,
    ImportUnreadable,
)

HEADER = "Civilité;Prénom;Nom;Adresse électronique;Téléphone;Rôles;Assemblées;Début du mandat;Rang"


def read(text: str, encoding: str = "utf-8") -> People:
    return read_people(read_sheet(text.encode(encoding)))


def told(found: People) -> list[tuple[int, int, str]]:
    return [(error.line, error.column, error.code) for error in found.errors]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_every_spreadsheet_says_the_same(encoding: str, delimiter: str, end: str) -> None:
    line = "Mme;Hélène;Lœuf;helene@val.example;06 12 34 56 78;Élue;Conseil | Bureau;22/03/2026;3"
    text = end.join([HEADER, line, ""]).replace(";", delimiter)
    found = read(text, encoding)
    assert (found.format, found.lines, found.errors) == ("own", 1, [])
    (person,) = found.people
    assert (person.civility, person.first_name, person.last_name) == ("Mme", "Hélène", "Lœuf")
    assert (person.email, person.phone) == ("helene@val.example", "+33612345678")
    assert person.roles == ["councillor"]
    assert [(s.assembly, s.starts_on, s.rank) for s in person.seats] == [
        ("Conseil", date(2026, 3, 22), 3),
        ("Bureau", date(2026, 3, 22), 3),
    ]


def test_columns_come_in_any_order_and_some_may_lack() -> None:
    found = read("nom,courriel,autre colonne,prénom\nDuval,ines@val.example,x,Inès\n")
    assert [(p.first_name, p.last_name, p.email) for p in found.people] == [
        ("Inès", "Duval", "ines@val.example")
    ]


def test_every_wrong_cell_is_told_where_it_stands() -> None:
    found = read(
        f"{HEADER}\n"
        ";Paul;;paul@val;12;Roi;;31/02/2026;premier\n"
        "Docteur;;Petit;;;;;;\n"
        "\n"
        "M.;Luc;Petit;luc@val.example;;;Conseil;;\n"
        "M.;Léa;Petit;luc@val.example;;;Conseil;;\n"
        "M.;Luc;Petit;luc@val.example;;;conseil;;\n"
    )
    assert told(found) == [
        (2, 3, "missing"), (2, 4, "email"), (2, 5, "phone"), (2, 6, "role"), (2, 8, "date"),
        (2, 9, "rank"),
        (3, 1, "civility"), (3, 2, "missing"), (3, 4, "missing"),
        (6, 4, "email_twice"),
        (7, 7, "seat_twice"),
    ]  # fmt: skip
    assert next(e for e in found.errors if e.code == "email_twice").other_line == 5


def test_several_lines_give_one_person_several_seats() -> None:
    found = read(
        f"{HEADER};Fin du mandat;Suppléant;Fonction\n"
        "Mme;Ève;Roy;eve@val.example;;Élue;Conseil;2020-05-26;1;2026-03-21;;\n"
        ";Ève;ROY;EVE@val.example;;Secrétariat;Conseil;2026-03-22;2;;luc@val.example;Maire\n"
        ";;;eve@val.example;;;Bureau;2026-03-22;;2026-03-01;;\n"
        ";;;eve@val.example;;;;;;;;Adjointe\n"
    )
    assert told(found) == [(4, 10, "ends_before_start"), (5, 12, "contradicts")]
    (person,) = found.people
    assert person.roles == ["councillor", "clerk"]
    assert [(s.assembly, s.starts_on, s.substitute) for s in person.seats] == [
        ("Conseil", date(2020, 5, 26), ""),
        ("Conseil", date(2026, 3, 22), "luc@val.example"),
        ("Bureau", date(2026, 3, 22), ""),
    ]


def unmasked(path: Path) -> bytes:
    """The addresses of the example files are masked, all the same: each line gets its own."""
    rows = list(csv.reader(io.StringIO(path.read_text())))
    for number, row in enumerate(rows):
        row[4] = row[4].replace("masque", f"ligne{number}")
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


def test_files_of_the_reference_product(shared: Path) -> None:
    folder = shared / "reference" / "idelibre"
    found = read_people(read_sheet(unmasked(folder / "user_success.csv")))
    assert (found.format, found.errors) == ("reference", [])
    pierre, paul, thierry = found.people
    assert (pierre.civility, pierre.roles, pierre.position) == ("M.", ["councillor"], "Depute")
    assert pierre.phone == thierry.phone == "+33687896754"
    assert [seat.assembly for seat in pierre.seats] == [
        "Bureau", "Commission", "Conseil Communautaire Libriciel", "New type",
    ]  # fmt: skip
    assert (paul.last_name, paul.roles) == ("GRENADE", ["admin"])

    found = read_people(read_sheet(unmasked(folder / "user_success_deputy.csv")))
    assert found.errors == []
    assert [person.substitute for person in found.people] == [
        "ligne2@example.org", "", "", "",
    ]  # fmt: skip
    assert found.people[2].roles == ["councillor"]

    # A landline is a number here: members are called, not sent codes.
    found = read_people(read_sheet(unmasked(folder / "user_error_wrong_format_phone.csv")))
    assert [person.phone for person in found.people][:2] == ["+33687896754", "+33587896754"]
    missing = read_people(read_sheet((folder / "user_missing_fields.csv").read_bytes()))
    assert told(missing) == [(1, 6, "missing")]
    masked = read_people(read_sheet((folder / "user_success.csv").read_bytes()))
    assert told(masked) == [(2, 5, "email_twice"), (3, 5, "email_twice")]
    with pytest.raises(ImportColumnsUnknown):
        read_people(read_sheet((folder / "theme_success.csv").read_bytes()))


def test_deputies_are_named_by_login_wherever_they_stand() -> None:
    found = read(
        "2,a.roy,Ana,Roy,ana@val.example,3,,,s.low,Conseil\n"
        "2,b.roy,Bob,Roy,bob@val.example,3,,,nobody,Conseil\n"
        "2,s.low,Sam,Low,sam@val.example,6,,,s.low,\n"
    )
    assert found.people[0].substitute == "sam@val.example"
    assert told(found) == [(2, 9, "substitute_unknown"), (3, 9, "substitute_oneself")]


def test_the_national_register_needs_only_an_address_more(shared: Path) -> None:
    text = (shared / "reference" / "rne_entetes.txt").read_text()
    header = text.splitlines()[0].split(": ", 1)[1]
    assert "Date de début du mandat" in header
    columns = header.split(";")
    cells = {
        "Nom de l'élu": "BOUET", "Prénom de l'élu": "Jean", "Code sexe": "M",
        "Date de début du mandat": "2026-03-22", "Libellé de la fonction": "Maire",
    }  # fmt: skip
    line = ";".join(cells.get(column, "") for column in columns)
    found = read(f"{header};Courriel;Instance\n{line};jean@val.example;Conseil municipal\n")
    (person,) = found.people
    assert found.errors == []
    assert (person.civility, person.first_name, person.position) == ("M.", "Jean", "Maire")
    assert person.seats[0].starts_on == date(2026, 3, 22)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", ImportEmpty),
        (b"\n ;; \n\n", ImportEmpty),
        (b"PK\x03\x04\x14\x00", ImportUnreadable),
        (b"\xff\xfeA", ImportColumnsUnknown),
        (b"Nom;\x81\x8d\n", ImportUnreadable),
        (b'Nom;Courriel;Pr\xc3\xa9nom\n"Duval;a@b.fr;In', ImportUnreadable),
        (b"Nom;Courriel\nDuval;a@b.fr\n", ImportColumnsUnknown),
        (b"bonjour\n", ImportColumnsUnknown),
        (b"Nom;x\n" + b"a;b\n" * (MOST_LINES + 2), ImportTooLong),
    ],
)
def test_files_that_cannot_be_read_are_refused(content: bytes, refusal: type[Invalid]) -> None:
    with pytest.raises(refusal):
        read_people(read_sheet(content))


@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    try:
        sheet = read_sheet(content)
        found = read_people(sheet)
    except Invalid:
        return
    assert all(error.line >= 1 and error.column >= 0 for error in found.errors)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)


@given(st.lists(st.lists(CELLS, min_size=9, max_size=9), min_size=1, max_size=6))
def test_no_line_breaks_the_reader(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerows([HEADER.split(";"), *rows])
    found = read_people(read_sheet(out.getvalue().encode()))
    # What is not said to be wrong can be imported: each person has an address and a name.
    wrong = {error.line for error in found.errors}
    for person in found.people:
        assert "@" in person.email
        assert person.line in wrong or (person.first_name and person.last_name)


@given(st.lists(st.lists(CELLS, min_size=2, max_size=4), min_size=1, max_size=5))
def test_what_is_written_is_read_back_and_computes_nothing(rows: list[list[str]]) -> None:
    written = write_sheet(rows)
    assert written.startswith(codecs.BOM_UTF8)
    cells = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";"))
    for row, wrote in zip([r for r in cells if r], [r for r in rows if r], strict=False):
        for cell, before in zip(row, wrote, strict=True):
            assert cell[:1] not in ("=", "+", "-", "@", "\t", "\r")
            assert clean(cell) == clean(before) or before[:1] == "'"


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+33", "-2", "@SUM(A1)", "\t=1", "\r=1", " =1", '=HYPERLINK("http://x.example")'],
)
def test_a_formula_is_kept_as_words(cell: str) -> None:
    assert inert(cell) == f"'{cell}"
    assert clean(inert(cell)) == cell.strip()


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("06.87.89.67.54", "+33687896754"), ("05 87 89 67 54", "+33587896754"),
        ("+33 (0)6 12 34 56 78", "+33612345678"), ("0033612345678", "+33612345678"),
        ("+33 06 12 34 56 78", "+33612345678"), ("0590 12 34 56", "+590590123456"),
        ("06 92 12 34 56", "+262692123456"), ("+687 26 12 34", "+687261234"),
        ("+32 2 512 12 12", "+3225121212"), ("", ""), (" . ", ""),
    ],
)  # fmt: skip
def test_telephones_typed_in_france(typed: str, phone: str) -> None:
    assert international(typed) == phone


@pytest.mark.parametrize("typed", ["12", "00", "06 12 34", "+33 12", "poste 12", "+0612345678"])
def test_what_is_no_telephone(typed: str) -> None:
    with pytest.raises(NotAPhone):
        international(typed)


@given(st.from_regex(r"0[1-9]\d{8}", fullmatch=True).filter(str.isascii))
def test_a_french_number_is_shown_as_it_was_typed(typed: str) -> None:
    shown = national(international(typed))
    assert shown.replace(" ", "") == typed
    assert international(shown) == international(typed)


@given(st.dates())
def test_days_are_read_as_they_are_written(day: date) -> None:
    assert as_date(day.isoformat()) == day
    if day.year >= 1000:
        assert as_date(french(day)) == day


@pytest.mark.parametrize("typed", ["22/03/26", "2026-3-2", "32/01/2026", "mars 2026", "0/1/2026"])
def test_days_that_say_too_little(typed: str) -> None:
    with pytest.raises(BadCell):
        as_date(typed)
