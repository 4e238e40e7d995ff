# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""Schemas that many service descriptions name and that never change. They are not fetched: their hosts ask for that.

Each is our own rendering of what its specification says, as far as messages can use it.
"""

SOAP_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"

_TYPES = (
    "string normalizedString token boolean decimal integer int long short byte nonNegativeInteger positiveInteger "
    "unsignedInt unsignedLong unsignedShort unsignedByte float double duration dateTime date time anyURI QName "
    "base64Binary hexBinary"
)

_XML = f"""<schema xmlns="http://www.w3.org/2001/XMLSchema" targetNamespace="{XML_NAMESPACE}">
  <attribute name="lang" type="language"/>
  <attribute name="space"><simpleType><restriction base="NCName">
    <enumeration value="default"/><enumeration value="preserve"/></restriction></simpleType></attribute>
  <attribute name="base" type="anyURI"/>
  <attribute name="id" type="ID"/>
  <attributeGroup name="specialAttrs"><attribute ref="xml:base"/><attribute ref="xml:lang"/>
    <attribute ref="xml:space"/><attribute ref="xml:id"/></attributeGroup>
</schema>"""

_ENCODING_HEAD = f"""<schema xmlns="http://www.w3.org/2001/XMLSchema" xmlns:enc="{SOAP_ENCODING}"
    targetNamespace="{SOAP_ENCODING}" elementFormDefault="qualified">
  <attribute name="arrayType" type="string"/>
  <attribute name="offset" type="string"/>
  <attribute name="position" type="string"/>
  <attributeGroup name="commonAttributes"><attribute name="id" type="ID"/><attribute name="href" type="anyURI"/>
    <anyAttribute namespace="##other" processContents="lax"/></attributeGroup>
  <attributeGroup name="arrayAttributes"><attribute ref="enc:arrayType"/><attribute ref="enc:offset"/></attributeGroup>
  <group name="Array"><sequence><any namespace="##any" minOccurs="0" maxOccurs="unbounded" processContents="lax"/>
    </sequence></group>
  <complexType name="Array"><group ref="enc:Array" minOccurs="0"/><attributeGroup ref="enc:arrayAttributes"/>
    <attributeGroup ref="enc:commonAttributes"/></complexType>
  <element name="Array" type="enc:Array"/>
  <simpleType name="base64"><restriction base="base64Binary"/></simpleType>"""

_ENCODING_TYPE = """
  <complexType name="{name}"><simpleContent><extension base="{name}"><attributeGroup ref="enc:commonAttributes"/>
    </extension></simpleContent></complexType>
  <element name="{name}" type="enc:{name}"/>"""

_ENCODING = _ENCODING_HEAD + "".join(_ENCODING_TYPE.format(name=name) for name in _TYPES.split()) + "\n</schema>"

_BY_ADDRESS = {
    "www.w3.org/2001/xml.xsd": _XML,
    "www.w3.org/2009/01/xml.xsd": _XML,
    "schemas.xmlsoap.org/soap/encoding": _ENCODING,
    "schemas.xmlsoap.org/soap/encoding/soap-encoding.xsd": _ENCODING,
}


def well_known(address: str) -> str | None:
    """The schema at one of these addresses; None: it is not one of them."""
    return _BY_ADDRESS.get(address.partition("://")[2].rstrip("/"))
