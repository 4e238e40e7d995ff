# SPDX-FileCopyrightText: 2026 The OpenConnector authors
# SPDX-License-Identifier: AGPL-3.0-or-later
# DRAFT of the founder so that the app imports: the helper who builds this module overwrites it as a whole.
from typing import Literal
from openconnector.authentication.base import Scheme
class JwtAuthentication(Scheme):
    type: Literal["jwt"]
    def sign(self, request, signing): ...
