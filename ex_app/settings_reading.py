# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the form in Nextcloud's settings asks for: which texts were typed since the last look, and what they mean."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ex_app.settings_field import Field, Unusable, content_of, with_text
from ex_app.settings_form import FIELDS
from openconnector.administration.schemas import RefusedValue, SettingsRead
from openconnector.core.phrases import told

SHOWN_CHARACTERS = 200
"""Of a text that cannot be used."""


@dataclass(slots=True)
class Seen:
    """The texts of the form as they were after the last look, and the version of the settings then.

    `coming` are texts that are being written into it: each stands there already, or not yet.
    """

    version: int
    texts: dict[str, str]
    coming: dict[str, str] = field(default_factory=dict)

    def to_json(self) -> str:
        members = {"version": self.version, "texts": self.texts}
        more = {"coming": self.coming} if self.coming else {}
        return json.dumps(members | more, ensure_ascii=False, sort_keys=True)

    def has(self, each: Field, text: str) -> bool:
        """Whether a text in a field is known, and was typed by nobody since."""
        return text in (self.texts.get(each.id, each.default), self.coming.get(each.id))

    @classmethod
    def parse(cls, text: str | None) -> "Seen | None":
        """What was kept; None: nothing, or nothing that can be read."""
        try:
            kept = json.loads(text or "")
            texts, coming = (
                {str(name): str(value) for name, value in members.items()}
                for members in (kept["texts"], kept.get("coming", {}))
            )
            return cls(int(kept["version"]), texts, coming)
        except (ValueError, TypeError, KeyError, AttributeError):
            return None


@dataclass(slots=True)
class Reading:
    """What the form asks for.

    Attributes:
        content: the settings with what was typed since.
        refused: what was typed and cannot be used, by field.
        fresh: the fields of those that are new.
    """

    content: dict[str, Any]
    is_changed: bool = False
    refused: dict[str, RefusedValue] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)

    def refuse(self, each: Field, text: str, reason: str, *, is_new: bool) -> None:
        """Note that a text cannot be used."""
        value = RefusedValue(field=each.title, pointer=each.pointer, value=text[:SHOWN_CHARACTERS], reason=reason)
        self.refused[each.id] = value
        if is_new:
            self.fresh.add(each.id)


def read_form(settings: SettingsRead, texts: Mapping[str, str], seen: Seen | None) -> Reading:
    """What the form asks for.

    Args:
        settings: as they are stored.
        texts: what Nextcloud keeps, by id of the field; a field that nobody has filled in is absent.
        seen: None where nobody knows what was typed: then nothing was.
    """
    reading = Reading(content_of(settings))
    if seen is None:
        return reading
    is_saved_elsewhere = seen.version != settings.version
    for each in FIELDS:
        text = text_of(texts, each)
        is_new = not seen.has(each, text)
        if text == each.text_of(reading.content) or (is_saved_elsewhere and not is_new):
            continue
        try:
            changed = with_text(reading.content, each, text)
        except Unusable as error:
            reading.refuse(each, text, told(error), is_new=is_new)
            continue
        if is_new and changed != reading.content:
            reading.content, reading.is_changed = changed, True
    return reading


def text_of(texts: Mapping[str, str], each: Field) -> str:
    """What stands in a field."""
    return texts.get(each.id, each.default).strip()
