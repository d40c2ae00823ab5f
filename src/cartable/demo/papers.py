"""Makes every paper of the demonstration; the same day gives the same bytes."""

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import typst

from cartable.demo import scan
from cartable.demo.budget_book import budget_book, key_figures
from cartable.demo.content import Demonstration, Sitting, demonstration
from cartable.demo.dates import Dates
from cartable.demo.figures import FOLDER, rows
from cartable.demo.loans_book import debt
from cartable.demo.plan import zoning_plan

TEMPLATES = Path(__file__).parent / "templates"
# Papers are dated this long before their sitting.
WRITTEN_BEFORE = timedelta(days=8)
SCANNED = {"council/07-contrat-de-pret", "draft/03-courrier-notaire"}
LOCKED = {"draft/04-analyse-des-offres"}
LETTERHEADS: dict[str, dict[str, Any]] = {
    "commune": {
        "kind": "commune",
        "name": "Commune de Saint-Aubin-le-Val",
        "motto": "Hôtel de ville",
        "address": ["1, place de la Mairie", "99210 Saint-Aubin-le-Val"],
        "telephone": "02 61 91 04 10",
        "email": "mairie@staubin.example",
        "head": "Bernard Lemoine",
        "head_title": "Le maire",
    },
    "community": {
        "kind": "epci",
        "name": "Communauté de communes du Val d’Aubin",
        "motto": "Sept communes, un territoire",
        "address": ["12, rue de la Gare", "99230 Le Breuil-sur-Aubin"],
        "telephone": "02 61 91 07 70",
        "email": "accueil@valdaubin.example",
        "head": "Catherine Morel",
        "head_title": "La présidente",
    },
}
ASSEMBLY_WORDS = {
    "council": ("Conseil municipal", "du conseil municipal", "Le conseil municipal"),
    "finance": ("Commission finances", "de la commission finances", "La commission finances"),
    "community-council": (
        "Conseil communautaire",
        "du conseil communautaire",
        "Le conseil communautaire",
    ),
}


def _sitting_data(sitting: Sitting, demo: Demonstration) -> dict[str, Any]:
    authority = next(a for a in demo.authorities if a.key == sitting.authority)
    assembly = next(a for a in authority.assemblies if a.key == sitting.assembly)
    groups = {member.person.key: member.group for member in authority.memberships}
    name, of_register, the = ASSEMBLY_WORDS[assembly.key]
    return {
        "authority": LETTERHEADS[authority.key],
        "assembly": {
            "name": name,
            "of_register": of_register,
            "the": the,
            "seats": len(assembly.seats),
            "members": [
                {
                    "civility": seat.person.civility,
                    "first": seat.person.first_name,
                    "last": seat.person.last_name,
                    "position": seat.position,
                    "group": groups[seat.person.key],
                }
                for seat in assembly.seats
            ],
        },
        "sitting": {
            "date": sitting.starts_at.date().isoformat(),
            "time": f"{sitting.starts_at:%-H} h {sitting.starts_at:%M}",
            "place": sitting.place,
        },
        "items": [
            {
                "number": item.number,
                "title": item.title,
                "kind": item.kind,
                "rapporteur": f"{item.rapporteur.civility} {item.rapporteur.last_name}",
                "in_camera": item.in_camera,
                "pieces": [piece.title for piece in item.pieces],
            }
            for item in sitting.items
        ],
    }


def _more(paper: str, year: int) -> dict[str, Any]:
    """Figures that only some papers need."""
    if paper == "council/03-budget-primitif":
        return {"book": budget_book(year)}
    if paper in {"council/03-etat-de-la-dette", "past/02-orientation-budgetaire"}:
        return {"debt": debt(year)}
    if paper in {"council/03-tableau-des-effectifs", "past/06-effectifs"}:
        return {"staff": rows("staff")}
    if paper.startswith("council/06-"):
        return {"associations": rows("associations")}
    if paper == "council/08-plan-de-zonage":
        return {"plan": zoning_plan()}
    return {}


def paper_data(sitting: Sitting, paper: str, demo: Demonstration, dates: Dates) -> str:
    """Everything the template of `paper` may print, as JSON."""
    written_on = min(sitting.starts_at.date() - WRITTEN_BEFORE, dates.today)
    data = {
        "year": dates.budget_year,
        "made_on": written_on.isoformat(),
        "dates": {
            name: day.isoformat() for name, day in asdict(dates).items() if isinstance(day, date)
        },
        "facts": key_figures(dates.budget_year),
        "past_items": [item.title for item in _named(demo, "past").items],
        **_sitting_data(sitting, demo),
        **_more(paper, dates.budget_year),
    }
    return json.dumps(data, ensure_ascii=False, sort_keys=True)


def _named(demo: Demonstration, key: str) -> Sitting:
    return next(sitting for sitting in demo.sittings if sitting.key == key)


@cache
def _fonts() -> typst.Fonts:
    """Only the fonts inside the compiler: the machine's own would change the bytes."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True)


def typeset(paper: str, data: str) -> bytes:
    """PDF/UA-1 of `templates/<paper>.typ`."""
    written_on = date.fromisoformat(json.loads(data)["made_on"])
    pdf = typst.Compiler(root=TEMPLATES, font_paths=_fonts()).compile(
        input=TEMPLATES / f"{paper}.typ",
        format="pdf",
        sys_inputs={"data": data},
        pdf_standards="ua-1",
        timestamp=datetime.combine(written_on, time(8), UTC),
    )
    if not isinstance(pdf, bytes):
        raise TypeError(f"{paper}: the compiler gave no single PDF")
    return pdf


def _make(paper: str, data: str) -> bytes:
    pdf = typeset(paper, data)
    if paper in SCANNED:
        return scan.scanned(pdf, seed=paper)
    if paper in LOCKED:
        return scan.locked(pdf, password="lots-2-et-3")  # noqa: S106
    return pdf


@cache
def _recipe() -> bytes:
    """Hash of all that shapes the papers: templates, figures, code, the compiler."""
    found = hashlib.sha256(version("typst").encode())
    here = [*TEMPLATES.rglob("*.typ"), *FOLDER.glob("*.csv"), *FOLDER.parent.glob("*.py")]
    for file in sorted(here):
        found.update(file.read_bytes())
    return found.digest()


def make_papers(
    out: Path, today: date, progress: Callable[[str], None] = lambda paper: None
) -> dict[str, Path]:
    """Files by paper id, under `out`; those already made for the same content are kept."""
    demo, dates = demonstration(today), Dates.counted_from(today)
    made: dict[str, Path] = {}
    for sitting in demo.sittings:
        for piece in sitting.all_pieces:
            data = paper_data(sitting, piece.paper, demo, dates)
            key = hashlib.sha256(_recipe() + data.encode()).hexdigest()[:16]
            path = out / key / f"{piece.paper.replace('/', '-', 1).partition('-')[2]}.pdf"
            if not path.exists():
                progress(piece.title)
                path.parent.mkdir(parents=True, exist_ok=True)
                half = path.with_suffix(f".{os.getpid()}.part")
                half.write_bytes(_make(piece.paper, data))
                half.replace(path)
            made[piece.paper] = path
    return made
