/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { SoapOptions, WsSecurity } from '../../../api/service.ts'

/**
 * The security of envelopes with changes; null when there is nothing left of it.
 *
 * @param security what there was
 * @param changes to it
 */
export function withSecurity(security: SoapOptions['security'], changes: Partial<WsSecurity>): SoapOptions['security'] {
	const changed = { usernameToken: null, timestampSeconds: null, signature: null, ...security, ...changes }
	return Object.values(changed).every((part) => part === null) ? null : changed
}
