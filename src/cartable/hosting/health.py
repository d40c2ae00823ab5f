"""How the host is: each part looked at now, the worst first."""

import shutil
from datetime import UTC, datetime, timedelta
from importlib.metadata import version

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.errors import Unavailable
from cartable.hosting.shapes import Health, HealthPart, State
from cartable.jobs import Job
from cartable.mail.tables import Mail
from cartable.runtime import Runtime
from cartable.settings import Settings

LATE = timedelta(minutes=10)
LEAST_DISK = 2_000_000_000
OLDEST_BACKUP = timedelta(hours=36)
BACKUP_MARK = "last-backup"
"""A file in the data folder that the backup touches once it is done (README)."""

_ORDER: dict[State, int] = {"failed": 0, "attention": 1, "ok": 2}


async def health_of(runtime: Runtime, now: datetime) -> Health:
    """Database, storage, worker, mail, dead jobs, disk, last backup; what runs."""
    settings = runtime.settings
    parts = [await _storage(runtime), _disk(settings), _backup(settings, now)]
    schema = ""
    try:
        async with runtime.reading() as db:
            schema = str(await db.scalar(text("SELECT version_num FROM alembic_version")) or "")
            parts += [HealthPart(name="database", state="ok"), *await _work(db, now)]
    except Exception:
        # Drivers raise errors of their own before SQLAlchemy wraps any: each is an answer here.
        parts.append(HealthPart(name="database", state="failed"))
    return Health(
        parts=sorted(parts, key=lambda part: _ORDER[part.state]),
        version=version("cartable"),
        schema=schema,
        database="sqlite" if settings.is_sqlite else "postgresql",
    )


async def _storage(runtime: Runtime) -> HealthPart:
    try:
        await runtime.storage.check()
    except Unavailable:
        return HealthPart(name="storage", state="failed")
    return HealthPart(name="storage", state="ok")


async def _work(db: AsyncSession, now: datetime) -> list[HealthPart]:
    alive = Job.dead_at.is_(None)
    late = await db.scalar(select(func.count(Job.id)).where(alive, Job.due_at < now - LATE))
    dead = await db.scalar(select(func.count(Job.id)).where(Job.dead_at.is_not(None)))
    waiting = await db.scalar(
        select(func.count(Mail.id)).where(Mail.state == "waiting", Mail.created_at < now - LATE)
    )
    return [
        HealthPart(name="worker", state="failed" if late else "ok", value=late or 0),
        HealthPart(name="jobs", state="attention" if dead else "ok", value=dead or 0),
        HealthPart(name="mail", state="attention" if waiting else "ok", value=waiting or 0),
    ]


def _disk(settings: Settings) -> HealthPart:
    free = shutil.disk_usage(settings.data).free
    return HealthPart(name="disk", state="ok" if free > LEAST_DISK else "failed", value=free)


def _backup(settings: Settings, now: datetime) -> HealthPart:
    mark = settings.data / BACKUP_MARK
    if not mark.exists():
        return HealthPart(name="backup", state="attention")
    at = datetime.fromtimestamp(mark.stat().st_mtime, UTC)
    return HealthPart(name="backup", state="ok" if now - at < OLDEST_BACKUP else "attention", at=at)
