# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A private key and its certificates, from one text or from two.

This loads megabytes of `cryptography`: import it where a key is there, and not at the top of a module.
"""

from openconnector.authentication.certificate_chain import Chain, certificates_of, chain_of, read_chain
from openconnector.authentication.pasted import FieldName, KeyProblem, recognise
from openconnector.authentication.pkcs12_file import opened
from openconnector.authentication.private_key import ReadKey, key_of
from openconnector.core.phrases import phrase


def read_private_key(text: str, passphrase: str = "") -> ReadKey:
    """The private key in a text, whatever form it has. Takes up to a second.

    Raises:
        KeyProblem: there is none, or it cannot be used.
    """
    return read_pair(text, passphrase)[0]


def read_pair(text: str, passphrase: str = "", field: FieldName = "privateKey") -> tuple[ReadKey, Chain]:
    """The private key in a text, and the certificates beside it, that of the key first.

    Raises:
        KeyProblem: there is no key, it cannot be used, or there are certificates and none belongs to it.
    """
    pasted = recognise(text, field)
    if pasted.pkcs12 is not None:
        file = opened(pasted.pkcs12, passphrase)
        return file.key, file.chain
    key = key_of(pasted, passphrase)
    return key, chain_of(certificates_of(pasted), key.pem)


def chain_for(key: ReadKey, entered: str, beside: Chain) -> Chain:
    """The certificates of a key: those that were entered, or those that stood in one text with it.

    Who pastes a new key together with its certificate does not always clear the former certificate.

    Raises:
        KeyProblem: what was entered cannot be read, or is that of another key.
    """
    if not entered.strip():
        return beside
    try:
        return read_chain(entered, key.pem)
    except KeyProblem:
        if not beside.path:
            raise
        return beside


def read_pkcs12(base64_text: str, passphrase: str) -> tuple[str, str]:
    """The private key (PKCS#8) of a PKCS#12 file and its certificates, that of the key first, in PEM.

    Raises:
        KeyProblem: it is no such file, the passphrase does not open it, or it holds no key with its certificate.
    """
    part = recognise(base64_text, "pkcs12").pkcs12
    if part is None:
        raise KeyProblem("pkcs12", phrase("This is no PKCS#12 file. Paste PEM as certificate and private key instead."))
    file = opened(part, passphrase)
    return file.key.pem, file.chain.pem
