# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Writes sources into a file of our own format."""

import asyncio
import json
from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from openconnector.administration.service import AdministrationService
from openconnector.core.database import Database
from openconnector.core.errors import Conflict, NotFound, TooLarge
from openconnector.core.phrases import phrase
from openconnector.sources.models import Source
from openconnector.sources.sealing import PatientSealer, why_closed
from openconnector.transfer.candidates import secrets_of, without_secrets
from openconnector.transfer.formats.native import MAX_SOURCES, document_of
from openconnector.transfer.passphrase import PassphraseCipher
from openconnector.transfer.stored import portable
from openconnector.vault.encryption import Vault

Entry = tuple[str, dict[str, Any], dict[str, str]]


class SourceExports:
    """Writes sources as files. One instance serves a process."""

    def __init__(self, database: Database, vault: Vault, administration: AdministrationService) -> None:
        self._database = database
        self._vault = vault
        self._administration = administration

    async def write(
        self, ids: Sequence[UUID] | None, file_format: Literal["json", "yaml"], passphrase: str | None = None
    ) -> bytes:
        """The file with these sources; None: all. The same sources make the same bytes, unless they are encrypted.

        Args:
            passphrase: encrypts the secrets; None: they are left out.

        Raises:
            NotFound: one of them is not there.
            TooLarge: there are more than a file may have.
            Conflict: secrets are wanted that do not open.
        """
        names = (await self._administration.current()).redaction_names
        entries = await self._database.run(
            lambda session: self._entries(session, ids, names, needs_secrets=bool(passphrase))
        )
        return await asyncio.to_thread(_written, entries, file_format, passphrase)

    def _entries(
        self, session: Session, ids: Sequence[UUID] | None, names: Sequence[str], *, needs_secrets: bool
    ) -> list[Entry]:
        statement = select(Source) if ids is None else select(Source).where(Source.id.in_(ids))
        sources = session.scalars(statement.limit(MAX_SOURCES + 1)).all()
        if len(sources) > MAX_SOURCES:
            raise TooLarge(phrase("A file has at most {limit} sources. Choose fewer.", limit=MAX_SOURCES))
        if ids is not None and len(sources) < len(set(ids)):
            raise NotFound(phrase("One of these sources does not exist, or has been deleted."))
        return [self._entry(source, names, needs_secrets=needs_secrets) for source in sources]

    def _entry(self, source: Source, names: Sequence[str], *, needs_secrets: bool) -> Entry:
        sealer = PatientSealer(self._vault, source.id)
        opened = portable(source, sealer, names)
        if needs_secrets and sealer.closed:
            reason = why_closed(sealer.closed)
            raise Conflict(
                phrase("The secrets of “{name}” cannot be exported. {reason}", name=source.name, reason=reason)
            )
        return str(source.id), without_secrets(opened), secrets_of(opened)


def _written(entries: Sequence[Entry], file_format: Literal["json", "yaml"], passphrase: str | None) -> bytes:
    cipher = PassphraseCipher.new(passphrase) if passphrase else None
    document = document_of(entries, cipher)
    if file_format == "json":
        return (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode("utf-8", "replace")
    import yaml  # type: ignore[import-untyped]  # noqa: PLC0415  # few processes write YAML

    return _yaml(yaml, document)


def _yaml(yaml: Any, document: dict[str, Any]) -> bytes:
    """Plain YAML in the order of the document: no aliases, and texts of several lines as blocks."""

    class Dumper(yaml.CSafeDumper):  # type: ignore[misc]
        def ignore_aliases(self, _data: Any) -> bool:
            return True

    def text(dumper: Any, value: str) -> Any:
        # `1e5` and `0o17` are texts for the writer, which follows YAML 1.1, and numbers for those who follow 1.2.
        style = "|" if "\n" in value else "'" if value[:1] in "+-.0123456789" else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)

    Dumper.add_representer(str, text)
    written = yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True, width=120)
    return str(written).encode("utf-8", "replace")
