# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The languages of the app, and the words of the frame around it in them."""

from pathlib import Path

from ex_app.environment import PROJECT
from openconnector.core.languages import ENGLISH

L10N = PROJECT / "l10n"
L10N_URL = "/custom_apps/open_connector/l10n"
"""Where Nextcloud serves what AppAPI has copied when it registered the app."""

NAMES = {
    ENGLISH: "English",
    "de": "Deutsch (Persönlich: Du)",
    "de_DE": "Deutsch (Förmlich: Sie)",
    "fr": "Français",
    "nl": "Nederlands",
}
"""As Nextcloud calls them."""

_WORDS = {
    "Applications menu": {"de": "Apps-Menü", "fr": "Menu des applications", "nl": "Appmenu"},
    "Dark": {"de": "Dunkel", "fr": "Sombre", "nl": "Donker"},
    "Language": {"de": "Sprache", "fr": "Langue", "nl": "Taal"},
    "Light": {"de": "Hell", "fr": "Clair", "nl": "Licht"},
    "Nothing has happened.": {"de": "Nichts ist geschehen.", "fr": "Rien à signaler.", "nl": "Er is niets gebeurd."},
    "Notifications": {"de": "Benachrichtigungen", "fr": "Notifications", "nl": "Meldingen"},
    "System": {"de": "System", "fr": "Système", "nl": "Systeem"},
    "Theme": {"de": "Design", "fr": "Thème", "nl": "Thema"},
    "Users": {"de": "Benutzer", "fr": "Utilisateurs", "nl": "Gebruikers"},
}


def available(folder: Path = L10N) -> tuple[str, ...]:
    """English, and what there are translations for."""
    return (ENGLISH, *sorted(file.stem for file in folder.glob("*.js")))


def word(text: str, language: str) -> str:
    """A word of the frame in a language; in English where it is not known."""
    return _WORDS.get(text, {}).get(language.partition("_")[0], text)
