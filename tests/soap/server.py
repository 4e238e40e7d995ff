# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""npm's soap in a process of its own, with the services of the WSDLs beside this file."""

import os
import select
import subprocess
import tempfile
from pathlib import Path
from typing import Any, Self

from openconnector.core.http import AsyncClient
from tests.authorization.provider import STARTS_WITHIN, node
from tests.factories import marked

SCRIPT = Path(__file__).with_name("soap_server.mjs")
PASSWORD = marked("envelope <&>")
WSDLS = Path(__file__).with_name("wsdl")


class SoapServer:
    """The server, while the context is open.

    `/calculator.asmx` speaks SOAP 1.1 and `/calculator12.asmx` SOAP 1.2: `Add`, and `Divide` with a fault for zero.
    `/secured.asmx` is the first again, for the user `clerk` with `PASSWORD`. `/quotes` is rpc/literal.
    `/zaken` has its schemas in other files. Each shows its WSDL with `?wsdl`.
    """

    def __enter__(self) -> Self:
        self._said = tempfile.TemporaryFile()
        self._process = subprocess.Popen(
            [node(), str(SCRIPT)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            env=os.environ | {"SOAP_PASSWORD": PASSWORD},
        )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], STARTS_WITHIN)
        self.url = self._process.stdout.readline().decode().strip() if ready else ""
        if not self.url:
            self._said.seek(0)
            said = self._said.read().decode(errors="replace")
            self.__exit__()
            raise AssertionError(f"npm soap did not start: run `npm install`?\n{said}")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate(timeout=10)
        self._said.close()

    async def received(self) -> list[dict[str, Any]]:
        """The envelopes that came: path, headers and body of each."""
        async with AsyncClient() as http:
            answer: list[dict[str, Any]] = (await http.get(f"{self.url}/received")).json()
            return answer


def wsdl(name: str, url: str = "http://127.0.0.1:1") -> str:
    """A WSDL beside this file, with addresses at `url`."""
    return (WSDLS / f"{name}.wsdl").read_text().replace("@URL@", url)


def schemas() -> dict[str, str]:
    """The schemas that `zaken.wsdl` imports, by their file names."""
    return {path.name: path.read_text() for path in (WSDLS / "schemas").glob("*.xsd")}
