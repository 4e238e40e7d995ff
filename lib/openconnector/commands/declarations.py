# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""All commands. `docs/commands.md` tells of each what it is for."""

from openconnector.commands.command import Argument, Command, Flag, Option
from openconnector.commands.values import listed, named_variables, seconds, upper, whole

GRACE_SECONDS = 20.0
"""Until nobody saves any more what was encrypted under an old key: longer than a transaction waits for its turn."""

_SOURCE = Argument("source", "id or slug of the source", completes="source")
_QUERY = Argument("query", "which calls, such as 'status:5xx source:crm since:1h'; all without it", is_required=False)
_ASSIGNMENTS = Argument(
    "assignments",
    "what to set, such as connection.totalTimeoutMs=20000 or headers.Accept=application/json",
    is_required=False,
    is_list=True,
)
_CONFIGURATION = Option("configuration", "JSON of the source; - reads it from the standard input (command line only)")
_SECRETS = (
    Option(
        "secret-from-env",
        "secrets from environment variables, such as authentication.password=CRM_PASSWORD; a comma between several",
        named_variables,
    ),
    Option("secret-from-stdin", "the key whose secret stands in the standard input", faces=("cli",)),
)
_PATH = Option("path", "below the location, such as /health", default="")

_ABOUT_ALL = (
    Command("status", "Show what OpenConnector is, and what it has to do with.", "state:show_status"),
    Command(
        "doctor",
        "Check what OpenConnector needs, and say what to mend.",
        "doctor:examine",
        examples=("doctor --fail",),
        may_fail=True,
        needs_engine=False,
    ),
)
_ABOUT_SOURCES = (
    Command(
        "source:list",
        "List the sources.",
        "sources:list_sources",
        options=(
            Option("search", "text in name, location, description or slug"),
            Option("type", "types: json, xml, soap, ftp; a comma between several", listed),
            Option("enabled", "only those that are enabled, or are not", choices=("true", "false")),
            Option("limit", "how many at most (default: 1000)", whole(1, 100_000), 1000),
        ),
        examples=("source:list --type soap,ftp --json",),
    ),
    Command("source:show", "Show a source. Its secrets are masked.", "sources:show_source", arguments=(_SOURCE,)),
    Command(
        "source:add",
        "Add a source.",
        "source_changes:add",
        arguments=(
            Argument("name", "what people call it", is_required=False),
            Argument("location", "base URL", is_required=False),
            _ASSIGNMENTS,
        ),
        options=(
            Option("type", "json, xml, soap or ftp (default: as the location tells)"),
            Option("slug", "its short name (default: made from the name)"),
            _CONFIGURATION,
            *_SECRETS,
        ),
        examples=("source:add CRM https://crm.example/api headers.Accept=application/json",),
    ),
    Command(
        "source:set",
        "Change a source.",
        "source_changes:change",
        arguments=(_SOURCE, _ASSIGNMENTS),
        options=(_CONFIGURATION, *_SECRETS),
        examples=("source:set crm connection.totalTimeoutMs=20000 headers.Accept=application/json",),
    ),
    Command("source:enable", "Allow calls of a source.", "sources:enable", arguments=(_SOURCE,)),
    Command("source:disable", "Stop calls of a source.", "sources:disable", arguments=(_SOURCE,)),
    Command(
        "source:remove",
        "Remove a source. The log entries of its calls stay until they expire.",
        "sources:remove",
        arguments=(_SOURCE,),
    ),
    Command(
        "source:test",
        "Make one call of a source, which is logged.",
        "source_calls:test",
        arguments=(_SOURCE,),
        options=(
            _PATH,
            Option("method", "such as POST (default: GET)", upper, "GET"),
            Option("body", "what to send; - reads it from the standard input (command line only)"),
        ),
        examples=("source:test crm --path /health --fail",),
        may_fail=True,
    ),
    Command(
        "source:verify",
        "Go the way of a call step by step.",
        "source_calls:verify",
        arguments=(_SOURCE,),
        options=(_PATH, Option("method", "GET, HEAD or OPTIONS (default: GET)", upper, "GET")),
        examples=("source:verify crm --fail",),
        may_fail=True,
    ),
)
_ABOUT_THE_LOG = (
    Command(
        "logs:list",
        "List calls of the log, newest first.",
        "logs:list_calls",
        arguments=(_QUERY,),
        options=(
            Option("limit", "how many at most, up to 200 (default: 20)", whole(1, 200), 20),
            Option(
                "sort",
                "the order (default: -time, the newest first)",
                default="-time",
                choices=("-time", "time", "-duration", "duration"),
            ),
            Option("cursor", "nextCursor of the answer before, for what follows"),
        ),
        examples=("logs:list 'status:5xx since:1h' --limit 50",),
    ),
    Command(
        "logs:show",
        "Show one call of the log with its exchanges.",
        "logs:show_call",
        arguments=(Argument("id", "id of the call"),),
        options=(Flag("bodies", "show the bodies, too"),),
    ),
    Command(
        "logs:prune",
        "Remove now what the settings of retention let go.",
        "logs:prune",
        options=(Flag("dry-run", "only tell what would go"),),
    ),
    Command(
        "logs:export",
        "Write calls of the log as a file, newest first.",
        "exports:export",
        arguments=(_QUERY,),
        options=(
            Option(
                "format", "har, csv or ndjson (default: ndjson)", default="ndjson", choices=("har", "csv", "ndjson")
            ),
            Option("output", "the file to write (default: the standard output)", faces=("cli",)),
        ),
        examples=("logs:export 'source:crm since:1d' --format har",),
        is_document=True,
    ),
    Command(
        "logs:generate",
        "Fill the log of a database with made-up calls, to measure with.",
        "generation:generate_logs",
        options=(
            Option("rows", "calls to make (default: 100000)", whole(1, 100_000_000), 100_000),
            Option("database", "URL of the database, for example sqlite:////tmp/bench.sqlite3; it must be named"),
            Option("seed", "the same seed makes the same calls (default: 1)", whole(0, 2**31), 1),
            Option("sources", "sources that are called (default: 50)", whole(1, 1000), 50),
            Option("days", "days over which the calls are spread (default: 30)", whole(1, 3650), 30),
        ),
        faces=("cli",),  # it names a database, which no Nextcloud has to do with
    ),
)
_ABOUT_SETTINGS = (
    Command(
        "config:get",
        "Show the settings, or one of them.",
        "configuration:show",
        arguments=(Argument("key", "such as retention.errorDays; all without it", is_required=False),),
    ),
    Command(
        "config:set",
        "Change settings.",
        "configuration:change",
        arguments=(
            Argument("assignments", "such as retention.errorDays=90 or egressAllow=10.0.0.0/8,erp.lan", is_list=True),
        ),
        examples=("config:set retention.errorDays=90 egressAllow=10.0.0.0/8,erp.lan",),
    ),
    Command(
        "backup",
        "Copy the SQLite database and the key file while OpenConnector runs.",
        "backup:make_backup",
        arguments=(Argument("directory", "where to; it is made, and nothing in it is replaced"),),
        examples=("backup /srv/backup/openconnector",),
    ),
    Command(
        "secret:rotate",
        "Encrypt all stored secrets under another key. OpenConnector keeps running. It may be stopped, and run again.",
        "secrets:rotate",
        options=(
            Option(
                "grace",
                f"seconds to wait for what is being saved before old keys go (default: {GRACE_SECONDS:g})",
                seconds,
                GRACE_SECONDS,
            ),
            # Without a key, there is no engine that occ could ask.
            Flag(
                "key-lost", "go on without the lost key file: stored secrets have to be entered again", faces=("cli",)
            ),
        ),
    ),
    Command(
        "completion",
        'Print what a shell completes commands with: eval "$(openconnector completion bash)".',
        "completion:show",
        arguments=(Argument("shell", "bash, zsh or fish"),),
        faces=("cli",),
        is_document=True,
    ),
)

_PASSPHRASE = Option("passphrase-from-env", "the variable with the passphrase that the secrets are encrypted with")
_TRANSFERS = (
    Command(
        "import",
        "Import sources from a file or a URL: our own format, OpenConnector, Postman, Insomnia, Bruno, OpenAPI, cURL.",
        "transfers:import_sources",
        arguments=(
            Argument(
                "file",
                "on the machine or in the container of the app; - is the standard input (command line only)",
                is_required=False,
            ),
        ),
        options=(
            Option("url", "where to fetch the document instead of a file; the call is logged"),
            Flag("dry-run", "only tell what would be done"),
            _PASSPHRASE,
        ),
        examples=("import sources.json --dry-run", "import --url https://crm.example/openapi.json"),
        may_fail=True,
    ),
    Command(
        "export",
        "Write sources as a file. Their secrets are left out, or encrypted.",
        "transfers:export_sources",
        arguments=(
            Argument("sources", "ids or slugs; all without them", is_required=False, is_list=True, completes="source"),
        ),
        options=(
            Option("format", "json or yaml (default: json)", default="json", choices=("json", "yaml")),
            Option("output", "the file to write (default: the standard output)", faces=("cli",)),
            _PASSPHRASE,
        ),
        examples=("export crm zaken --format yaml",),
        is_document=True,
    ),
)

COMMANDS: tuple[Command, ...] = (*_ABOUT_ALL, *_ABOUT_SOURCES, *_TRANSFERS, *_ABOUT_THE_LOG, *_ABOUT_SETTINGS)
