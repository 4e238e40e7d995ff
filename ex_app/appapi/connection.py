# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""One connection to Nextcloud for one user, or for the app itself. The one import of `nc_py_api`.

Importing `nc_py_api` takes a third of a second, so `client` imports this module when it is first needed.
"""

import ipaddress
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

from nc_py_api import AsyncNextcloudApp, NextcloudException  # type: ignore[import-untyped]
from niquests.exceptions import ConnectTimeout, ReadTimeout, RequestException

from ex_app.appapi.errors import (
    NextcloudAnswerError,
    NextcloudError,
    NextcloudNotFoundError,
    NextcloudRefusedError,
    NextcloudTimeoutError,
    NextcloudUnreachableError,
)
from ex_app.environment import Environment

CONNECT_SECONDS = 10.0

_REFUSED = frozenset({401, 403, 997})
_NOT_FOUND = frozenset({404, 998})
_TIMED_OUT = 408  # what nc_py_api makes of a read timeout


class Connection(AsyncNextcloudApp):  # type: ignore[misc]
    """A session of `nc_py_api` that speaks for exactly one user during its whole life.

    The user is never switched: with a shared session, a switch in one task would make the calls of another
    task speak for the wrong user.
    """

    def __init__(self, environment: Environment, *, user: str = "") -> None:
        """Open a session for `user`; the empty user is the app itself."""
        super().__init__(
            app_id=environment.app_id,
            app_version=environment.app_version,
            app_secret=environment.app_secret,
            nextcloud_url=environment.nextcloud_url,
            aa_version=environment.aa_version,
            user=user,
        )
        adapter = self._session.adapter
        # Each call proves itself by its header. Nextcloud's session cookies would tie calls together and, on
        # PHP, make them wait for each other.
        adapter.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        if _is_loopback(environment.nextcloud_url):
            # A proxy from the environment cannot reach this machine's loopback, and must not see the secret.
            adapter.trust_env = False

    async def call(
        self,
        method: str,
        path: str,
        *,
        json: dict[str, Any] | None = None,
        params: dict[str, str] | None = None,
        read_seconds: float,
        request_id: str,
    ) -> Any:
        """Make one OCS call and return the `data` of the answer.

        Raises:
            NextcloudError: one of its subclasses, with the method and the path in its text.
        """
        call = f"{method} {path}"
        try:
            return await self.ocs(
                method,
                path,
                json=json,
                params=params,
                headers={"AA-REQUEST-ID": request_id},
                timeout=(CONNECT_SECONDS, read_seconds),
            )
        except NextcloudException as error:
            raise _translated(error, call) from None
        except ConnectTimeout:
            raise NextcloudUnreachableError(f"{call}: no connection within {CONNECT_SECONDS:g} s") from None
        except ReadTimeout:
            raise NextcloudTimeoutError(f"{call}: no answer within {read_seconds:g} s") from None
        except (RequestException, OSError) as error:
            raise NextcloudUnreachableError(f"{call}: {type(error).__name__}") from None
        except (ValueError, KeyError, TypeError):
            raise NextcloudAnswerError(f"{call}: the answer is no OCS answer") from None

    async def aclose(self) -> None:
        """Close the sockets."""
        await self._session.adapter.close()
        await self._session.adapter_dav.close()


def _translated(error: NextcloudException, call: str) -> NextcloudError:
    code = int(error.status_code)
    text = f"{call}: {code} {error.reason or ''}".rstrip()
    if code in _REFUSED:
        return NextcloudRefusedError(text)
    if code in _NOT_FOUND:
        return NextcloudNotFoundError(text)
    if code == _TIMED_OUT:
        return NextcloudTimeoutError(text)
    return NextcloudAnswerError(text)


def _is_loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
