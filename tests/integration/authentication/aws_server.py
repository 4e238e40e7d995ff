# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""A server that speaks AWS's protocols and checks signatures: moto, which has botocore calculate them anew.

    with serve_aws(marked("aws")) as aws:
        source = await create_source(api, location=aws.url, authentication=aws.authentication("s3"))
        call = await test_call(api, source["id"], "bucket", method="PUT")     # 200
        # with another secretAccessKey, or accessKeyId: 403

It needs `moto`, `flask` and `flask-cors`. Its state is global: one server at a time. Of services other than S3 it
rejects every GET, also those of boto3, since it takes the query for a body: ask IAM, SQS or STS with POST.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

ACCOUNT, REGION = "123456789012", "us-east-1"
_EVERYTHING = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'


@dataclass(frozen=True, slots=True)
class AwsServer:
    """Where it listens, and the credentials of the one user, who may do everything."""

    url: str
    access_key_id: str
    secret_access_key: str = field(repr=False)

    def authentication(self, service: str, **values: str) -> dict[str, Any]:
        """The authentication of a source for one of its services."""
        return {
            "type": "awsSigV4",
            "accessKeyId": self.access_key_id,
            "secretAccessKey": self.secret_access_key,
            "region": REGION,
            "service": service,
            **values,
        }


@contextmanager
def serve_aws(secret_access_key: str) -> Iterator[AwsServer]:
    """The server on a free port of the loopback. Every request has to be signed with this key."""
    from moto import settings  # noqa: PLC0415  # it takes a second, and only those who want this server
    from moto.iam.models import iam_backends  # noqa: PLC0415
    from moto.server import ThreadedMotoServer  # noqa: PLC0415

    backend = iam_backends[ACCOUNT]["aws"]
    backend.create_user(REGION, "openconnector")
    backend.put_user_policy("openconnector", "everything", _EVERYTHING)
    key = backend.create_access_key("openconnector")
    key.secret_access_key = secret_access_key
    unchecked = settings.INITIAL_NO_AUTH_ACTION_COUNT
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0  # requests that are answered before signatures are checked
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield AwsServer(f"http://{host}:{port}", key.access_key_id, secret_access_key)
    finally:
        server.stop()
        settings.INITIAL_NO_AUTH_ACTION_COUNT = unchecked
        backend.reset()
