# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""XML bodies as a table of their records, and where else records are."""

import pytest

from tests.unit.reading.xml_texts import document

ENVELOPE = (
    '<s:Envelope xmlns:s="{soap}"><s:Header><h><k/></h><h><k/></h></s:Header><s:Body>{body}</s:Body></s:Envelope>'
)
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"


class TestRecords:
    ORDERS = (
        "<r><status>ok</status><orders>"
        + "".join(
            f"<order id='{number}'><name>n{number}</name><line><p/></line><line><p/></line></order>"
            for number in range(150)
        )
        + "</orders></r>"
    )

    def test_are_a_table(self) -> None:
        page = document(self.ORDERS).records("orders.order", 148, 10)
        assert (page.position, page.is_found_by_itself, page.total, page.offset) == ("orders.order", False, 150, 148)
        assert page.columns == ["@attributes", "name", "line"]
        assert [[cell and cell.text for cell in row] for row in page.rows] == [
            ['{"id":"148"}', "n148", '[{"p":""},{"p":""}]'],
            ['{"id":"149"}', "n149", '[{"p":""},{"p":""}]'],
        ]
        assert page.problem is None

    def test_that_are_not_shown_count(self) -> None:
        read = document("<r>" + "<a><b/></a>" * 500 + "</r>")
        assert read.records("a", 10_000, 10).total == 500
        assert read.records("_root", 300, 10).rows[0][0] is not None

    def test_are_proposed_where_elements_are_repeated(self) -> None:
        page = document(self.ORDERS).records("", 0, 10)
        assert page.problem is not None
        assert (page.problem.type, page.rows) == ("position_missing", [])
        assert [(one.position, one.count, one.names) for one in page.proposals] == [
            ("orders.order", 150, ["@attributes", "name", "line"]),
            ("orders.order.line", 300, ["p"]),
        ]

    def test_are_not_proposed_where_they_were_found(self) -> None:
        page = document("<r><items><i><a/></i><i><a/></i></items></r>").records("", 0, 10)
        assert (page.position, page.is_found_by_itself, page.total) == ("items.i", True, 2)
        assert page.proposals == []

    def test_in_an_empty_list_are_none_and_no_problem(self) -> None:
        page = document("<r><items/></r>").records("", 0, 10)
        assert (page.position, page.total, page.problem) == ("items", 0, None)

    def test_alone_are_proposed_as_an_object(self) -> None:
        page = document("<r><id>1</id><name>x</name></r>").records("", 0, 10)
        assert [(one.position, one.count, one.names) for one in page.proposals] == [("_object", 1, ["id", "name"])]

    def test_names_with_dots_are_proposed_as_they_are_written(self) -> None:
        read = document("<r><a.b><c/></a.b><a.b><c/></a.b></r>")
        (proposal,) = read.records("", 0, 10).proposals
        assert proposal.position == "a&#46;b"
        assert read.records(proposal.position, 0, 10).total == 2

    def test_of_a_soap_message_are_in_its_body(self) -> None:
        body = "<z:Answer xmlns:z='u'><z:zaak><z:id>1</z:id></z:zaak><z:zaak><z:id>2</z:id></z:zaak></z:Answer>"
        read = document(ENVELOPE.format(soap=SOAP_12, body=body))
        (proposal,) = read.records("", 0, 10).proposals
        assert (proposal.position, proposal.count) == ("s:Body.z:Answer.z:zaak", 2)

    @pytest.mark.parametrize("soap", [SOAP_12, "http://schemas.xmlsoap.org/soap/envelope/"])
    def test_are_not_in_a_fault(self, soap: str) -> None:
        fault = "<s:Fault><detail><e><f/></e><e><f/></e></detail></s:Fault>"
        page = document(ENVELOPE.format(soap=soap, body=fault)).records("", 0, 10)
        assert (page.total, page.proposals) == (0, [])

    def test_are_not_in_a_web_page(self) -> None:
        page = document("<html xmlns='http://www.w3.org/1999/xhtml'><ul><li><a/></li><li><a/></li></ul></html>")
        assert page.records("", 0, 10).proposals == []

    def test_of_a_body_that_only_seems_readable_say_so(self) -> None:
        page = document("<r>" + "<a/>" * 3 + "</r>").records("b", 0, 10)
        assert page.problem is not None
        assert (page.problem.type, page.position) == ("position_not_found", "b")
