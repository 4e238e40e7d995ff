# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can go wrong between the app and Nextcloud.

NextcloudError
├── NextcloudUnreachableError   no connection, or it broke
├── NextcloudTimeoutError       no answer in time; what was asked may have happened
├── NextcloudRefusedError       the app is not accepted: wrong secret, unknown user, app disabled
├── NextcloudNotFoundError      the thing named in the call is not there
└── NextcloudAnswerError        any other failure, or an answer that cannot be read
"""


class NextcloudError(Exception):
    """Nextcloud did not do what it was asked. `str()` names the call and never holds a secret."""


class NextcloudUnreachableError(NextcloudError):
    """No connection to Nextcloud could be made, or it broke off."""


class NextcloudTimeoutError(NextcloudError):
    """Nextcloud did not answer in time. What was asked may nevertheless have been done."""


class NextcloudRefusedError(NextcloudError):
    """Nextcloud does not accept the app or the user that it speaks for."""


class NextcloudNotFoundError(NextcloudError):
    """What the call names does not exist in Nextcloud."""


class NextcloudAnswerError(NextcloudError):
    """Nextcloud answered with a failure, or with something that is no OCS answer."""
