# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lines of directories, as servers write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openconnector.transports.files.lines import (
    FactLines,
    Line,
    facts_line,
    is_name,
    listed_line,
    moment,
    own_facts_line,
)
from openconnector.transports.files.session import RemoteEntry

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def listed(line: str) -> Line:
    found = listed_line(line, NOW)
    assert found is not None
    return found


FACTS = [
    "modify=20240229123005;Size=12;type=file;x=;unix.mode=0644; a; b.txt",
    "modify=20240229123005.5;Size=12;type=dir;x=1;unix.mode=; c",
    "modify=20240229123005;Size=12;type=file;x=1;unix.mode=0755; ..",
    "modify=20240229123005;Size=12;type=file;x=1;unix.mode=0755; ../up",
    "modify=20240229123005;Size=12;type=cdir;x=1;unix.mode=0755; .",
    "modify=20240230123005;Size=12;type=file;x=1;unix.mode=0755; no such day",
    "modify=20240229123005;Size=;type=file;x=1;unix.mode=0755; d",
    "modify=20240229123005;type=dir;unix.mode=0755; e",
    "modify=20240229123005;Size=12;type=OS.unix=slink:/x;x=1;unix.mode=0755; f",
    "modify=20240229123005;Size=12;Type=File;x=1;UNIX.mode=0755; g",
    "",
]


def each_alone(lines: list[str]) -> list[RemoteEntry]:
    found = [facts_line(line) for line in lines]
    return [line.entry for line in found if line is not None and is_name(line.entry.name)]


class TestFacts:
    def test_of_a_file(self) -> None:
        line = facts_line("type=file;size=1024990;modify=20240229123005;perm=adfrw; Ein Bericht; 2.pdf")

        assert line == Line(
            RemoteEntry("Ein Bericht; 2.pdf", "file", 1024990, datetime(2024, 2, 29, 12, 30, 5, tzinfo=UTC), "adfrw")
        )

    @pytest.mark.parametrize("kind", ["type=dir", "Type=dir", "TYPE=DIR"])
    def test_are_written_in_any_case(self, kind: str) -> None:
        line = facts_line(f"{kind};Modify=20240101000000.123;UNIX.mode=0755; x")

        assert line is not None
        assert (line.entry.type, line.entry.permissions) == ("directory", "rwxr-xr-x")
        assert line.entry.modified_at == datetime(2024, 1, 1, tzinfo=UTC)

    @pytest.mark.parametrize("kind", ["cdir", "pdir", "CDIR"])
    def test_of_the_directory_itself_are_no_entry(self, kind: str) -> None:
        assert facts_line(f"type={kind}; .") is None
        assert own_facts_line("type=cdir;size=4; /x") is not None

    @pytest.mark.parametrize(
        ("kind", "target"),
        [("OS.unix=slink:/etc/passwd", "/etc/passwd"), ("OS.UNIX=symlink", None), ("os.unix=slink", None)],
    )
    def test_of_a_link_may_say_where_it_leads(self, kind: str, target: str | None) -> None:
        line = facts_line(f"type={kind};size=11; link")

        assert line is not None
        assert (line.entry.type, line.target) == ("link", target)

    @pytest.mark.parametrize("line", ["", "type=file;size=1;", "x"])
    def test_that_are_none(self, line: str) -> None:
        assert facts_line(line) is None

    @pytest.mark.parametrize("size", ["-1", "1e5", "", "٣", "9" * 50])
    def test_with_odd_sizes_have_none(self, size: str) -> None:
        line = facts_line(f"type=file;size={size}; x")

        assert line is not None
        assert line.entry.size is None

    @pytest.mark.parametrize(
        "text", ["", "2024", "20241301000000", "20240230000000", "00000000000000", "x" * 14, "-2024010100000"]
    )
    def test_with_odd_times_have_none(self, text: str) -> None:
        assert moment(text) is None

    @pytest.mark.parametrize("count", range(1, len(FACTS) + 1))
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_of_many_lines_are_read_as_each_alone(self, count: int, end: str) -> None:
        reader = FactLines()
        lines = FACTS[:count]

        for _ in range(2):
            assert reader.entries(end.join(lines)) == each_alone(lines)

    @given(st.lists(st.text("modifysetp=;.1234567890 ()[*\\", max_size=60)))
    def test_of_any_directory_are_read_as_each_alone(self, lines: list[str]) -> None:
        assert FactLines().entries("\n".join(lines)) == each_alone(lines)

    def test_of_many_lines_are_read_at_once(self) -> None:
        reader = FactLines()
        lines = [f"type=file;size={number};modify=20240229123005;perm=r; x{number}" for number in range(500)]

        assert [entry.size for entry in reader.entries("\r\n".join(lines))] == list(range(500))
        assert reader._pattern is not None
        assert len(reader._pattern.findall("\r\n".join(lines))) == 500

    @given(st.text())
    def test_of_any_text_do_no_harm(self, line: str) -> None:
        facts_line(line)
        own_facts_line(line)


class TestListed:
    @pytest.mark.parametrize(
        ("line", "entry"),
        [
            ("-rw-r--r--    1 0        0        12345678 Feb 29  2024 a name.pdf",
             RemoteEntry("a name.pdf", "file", 12345678, datetime(2024, 2, 29, tzinfo=UTC), "rw-r--r--")),
            ("drwxr-xr-x+   2 Domain Users  grp  4096 Mar 10 11:59 sub",
             RemoteEntry("sub", "directory", None, datetime(2026, 3, 10, 11, 59, tzinfo=UTC), "rwxr-xr-x")),
            ("-rw-rw-rw-   1 owner    group          5 Nov 18 12:29   spaces before",
             RemoteEntry("  spaces before", "file", 5, datetime(2025, 11, 18, 12, 29, tzinfo=UTC), "rw-rw-rw-")),
            ("-rwsr-Sr-T 1 user 5 Feb 29 23:59 without group",
             RemoteEntry("without group", "file", 5, datetime(2024, 2, 29, 23, 59, tzinfo=UTC), "rwsr-Sr-T")),
            ("-rw-r--r-- 1 a b 7 2024-05-01 08:15 iso.txt",
             RemoteEntry("iso.txt", "file", 7, datetime(2024, 5, 1, 8, 15, tzinfo=UTC), "rw-r--r--")),
            ("srwxrwxrwx 1 a b 0 Jan  1  2024 socket",
             RemoteEntry("socket", "other", None, datetime(2024, 1, 1, tzinfo=UTC), "rwxrwxrwx")),
        ],
    )  # fmt: skip
    def test_by_unix(self, line: str, entry: RemoteEntry) -> None:
        assert listed(line) == Line(entry)

    def test_links_of_unix_say_where_they_lead(self) -> None:
        line = listed("lrwxrwxrwx    1 0 0    11 Jan 01  2024 my link -> ../out -> side")

        assert (line.entry.name, line.entry.type, line.target) == ("my link", "link", "../out -> side")

    @pytest.mark.parametrize(
        ("line", "entry"),
        [
            ("02-29-24  01:05PM       <DIR>          Program Files",
             RemoteEntry("Program Files", "directory", None, datetime(2024, 2, 29, 13, 5, tzinfo=UTC))),
            ("12-31-1999  12:00AM        1,234,567 old file.txt",
             RemoteEntry("old file.txt", "file", 1234567, datetime(1999, 12, 31, 0, 0, tzinfo=UTC))),
            ("12-31-99  23:59        7 x", RemoteEntry("x", "file", 7, datetime(1999, 12, 31, 23, 59, tzinfo=UTC))),
            ("01-01-24  12:30PM  <JUNCTION>  there",
             RemoteEntry("there", "link", None, datetime(2024, 1, 1, 12, 30, tzinfo=UTC))),
        ],
    )  # fmt: skip
    def test_by_windows(self, line: str, entry: RemoteEntry) -> None:
        assert listed(line) == Line(entry)

    def test_a_clock_that_is_ahead_does_not_make_a_file_a_year_old(self) -> None:
        assert listed("-rw-r--r-- 1 a b 1 Mar 11 01:00 x").entry.modified_at == datetime(2026, 3, 11, 1, 0, tzinfo=UTC)

    @pytest.mark.parametrize(
        "line",
        ["", "total 12", "ls: cannot open directory", "-rw-r--r-- 1 a b 5 Foo 18 12:29 x", "13-45-24  01:05PM 7 x",
         "-rw-r--r-- 1 a b 5 Feb 30  2023 x", "drwx", "-rw-r--r-- 1 a b"],
    )  # fmt: skip
    def test_odd_lines_are_skipped(self, line: str) -> None:
        found = listed_line(line, NOW)

        assert found is None or found.entry.modified_at is None

    @given(st.text())
    def test_any_text_does_no_harm(self, line: str) -> None:
        listed_line(line, NOW)
        listed_line("-rw-r--r-- 1 a b 5 " + line, NOW)

    @pytest.mark.parametrize("piece", ["9", " ", "a ", "9 ", "Jan 01 "])
    @pytest.mark.timeout(60)
    def test_hostile_lines_cost_no_time(self, piece: str) -> None:
        line = "-rw-r--r-- " + piece * (16_384 // len(piece))
        for _ in range(20):
            listed_line(line, NOW)
            listed_line(line[11:], NOW)
            facts_line(line)
