# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""50 MiB of XML to records, beside a plain iteration with lxml over the same file; and what memory that takes.

python -m bench.xml_records
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.metric import Metric

SIZE = 50 * 1024**2
POSITION = "z:zaken.z:zaak"
ROUNDS = 5

_RECORD = """  <z:zaak id="{number}" status="open">
    <z:naam>Zaak {number} über Straße &amp; Weg</z:naam>
    <z:datum>2026-11-{day:02d}</z:datum>
    <z:bedrag valuta="EUR">{number}.50</z:bedrag>
    <z:adres><z:straat>Dorpsstraat {day}</z:straat><z:plaats>Utrecht</z:plaats></z:adres>
    <z:kenmerk>a{number}</z:kenmerk>
    <z:kenmerk>b{number}</z:kenmerk>
    <z:omschrijving>{text}</z:omschrijving>
  </z:zaak>
"""


def measure_xml() -> dict[str, Metric]:
    """Processor time in turns, in a process each, so that what one leaves in memory does not slow the other."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "records.xml"
        count = write(path)
        turns = [[_child(kind, path) for kind in ("records", "plain")] for _ in range(ROUNDS)]
        small = Path(directory) / "small.xml"
        write(small, SIZE // 10)
        grown = max(ours.peak for ours, _ in turns) - _child("records", small).peak
    ours, plain = (statistics.median(turn.seconds for turn in column) for column in zip(*turns, strict=True))
    ratio = statistics.median(mine.seconds / theirs.seconds for mine, theirs in turns)
    shown = f"{count:,} records {ours:.2f} s, lxml iterparse {plain:.2f} s, 50 MiB, median of {ROUNDS}"
    memory = "peak for 50 MiB over that for 5 MiB"
    return {"xml_parse_ratio": Metric(ratio, "x", shown, 2.5), "xml_memory_mib": Metric(grown, "MiB", memory, 8)}


def write(path: Path, size: int = SIZE) -> int:
    """Write a file of about this size; its number of records."""
    number = 0
    with path.open("w") as file:
        file.write('<?xml version="1.0" encoding="UTF-8"?>\n<z:antwoord xmlns:z="urn:zaken"><z:zaken>\n')
        while file.tell() < size:
            number += 1
            text = "Lorem ipsum dolor sit amet. " * (number % 4 + 1)
            file.write(_RECORD.format(number=number, day=number % 28 + 1, text=text))
        file.write("</z:zaken></z:antwoord>\n")
    return number


class _Turn:
    """What a child process has measured: seconds of the processor, and its largest resident set in MiB."""

    def __init__(self, line: str) -> None:
        self.seconds, self.peak = map(float, line.split())


def _child(kind: str, path: Path) -> _Turn:
    command = [sys.executable, "-m", "bench.xml_records", kind, str(path)]
    project = Path(__file__).resolve().parent.parent
    return _Turn(subprocess.run(command, cwd=project, check=True, capture_output=True, text=True).stdout)


def to_records(path: Path) -> None:
    """What we do: every record as plain values."""
    from openconnector.reading.xml_records import records_of  # noqa: PLC0415  # the other child does without

    with path.open("rb") as source:
        for record in records_of(source, POSITION):
            assert record["z:naam"]


def plain(path: Path) -> None:
    """What it is held against: each element as it ends, its text looked at, and cleared."""
    from lxml import etree  # noqa: PLC0415  # our child does without

    for _, element in etree.iterparse(str(path)):
        _ = element.text
        element.clear()


def _measure(work: Callable[[Path], None], path: Path) -> None:
    started = time.process_time()
    work(path)
    seconds = time.process_time() - started
    peak = int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024
    sys.stdout.write(f"{seconds} {peak}\n")


def main() -> None:
    """Measure; or be one of the children."""
    if len(sys.argv) > 1:
        _measure({"records": to_records, "plain": plain}[sys.argv[1]], Path(sys.argv[2]))
        return
    for name, metric in measure_xml().items():
        sys.stdout.write(f"{name} {metric.value:.2f} {metric.unit} {metric.against}\n")


if __name__ == "__main__":
    main()
