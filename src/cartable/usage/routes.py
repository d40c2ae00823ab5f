"""Statistics of use, for administrators."""

from litestar import Response, get

from cartable.accounts.guards import proved
from cartable.members.access import allow
from cartable.members.csv_file import write_sheet
from cartable.members.doors import AUTHORITY, ROLE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.usage.access import usage_of
from cartable.usage.shapes import Usage
from cartable.web import refusals

USAGE = f"{AUTHORITY}/usage"
_WORDS = {
    "members_active": "Accès ouverts",
    "members_invited": "Invitations en attente",
    "members_entered": "Personnes déjà entrées",
    "members_seen": "Personnes vues ces 30 derniers jours",
    "devices": "Appareils connectés",
    "sittings_draft": "Séances en préparation",
    "sittings_convened": "Séances convoquées",
    "documents": "Pièces",
    "versions": "Versions de pièces",
    "megabytes": "Mégaoctets de pièces",
}


@get(USAGE, summary="Count what is used", guards=[member_only], responses=refusals(*ROLE))
async def read_usage(db: Db, actor: Asker, now: Now) -> Usage:
    """Of the whole authority: never a person, nothing of notes, intentions or readings."""
    allow(actor, "admin")
    return await usage_of(db, actor, now)


@get(
    f"{USAGE}.csv",
    summary="Count what is used, as CSV",
    media_type="text/csv",
    guards=[member_only, proved],
    responses=refusals(*ROLE),
)
async def download_usage(db: Db, actor: Asker, now: Now) -> Response[bytes]:
    """The same counts, as a spreadsheet opens them; empty where a group is too small."""
    allow(actor, "admin")
    usage = await usage_of(db, actor, now)
    rows = [["Mesure", "Nombre"]]
    rows += [[_WORDS[one.measure], _cell(one.count)] for one in usage.measures]
    rows += [[], ["Séance", "Jour", "Convoqués", "Ont répondu"]]
    rows += [
        [one.assembly, f"{one.starts_at:%Y-%m-%d}", str(one.called), _cell(one.answered)]
        for one in usage.sittings
    ]
    return Response(
        write_sheet(rows),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="usage.csv"'},
    )


def _cell(count: int | None) -> str:
    return "" if count is None else str(count)


handlers = [read_usage, download_usage]
