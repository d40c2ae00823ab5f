"""Depositing and arranging pieces, and fetching their bytes."""

from cartable.documents.routes import arrange, deposit, files

handlers = [*deposit.handlers, *arrange.handlers, *files.handlers]
