/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { SourceWarning } from '../api/authentication.ts'

import { describe, expect, it } from 'vitest'
import { warningHash, warningLabel, warningSentence } from './sourceWarnings.ts'

/**
 * @param type what ends
 * @param daysLeft when
 */
function aWarning(type: SourceWarning['type'], daysLeft: number): SourceWarning {
	const pointer = { client_certificate: '/connection/clientCertificate', signing_certificate: '/authentication/client/key', refresh_token: '/authentication' }[type]
	return { type, daysLeft, expiresAt: '2026-12-05T12:00:00Z', pointer }
}

describe('what ends soon', () => {
	it.each<[SourceWarning['type'], number, string, string]>([
		['client_certificate', 12, 'The client certificate expires in 12 days, on December 5, 2026.', 'Certificate expires in 12 days'],
		['client_certificate', 1, 'The client certificate expires in 1 day, on December 5, 2026.', 'Certificate expires in 1 day'],
		['client_certificate', -1, 'The client certificate expired on December 5, 2026.', 'Certificate expired'],
		['signing_certificate', 0, 'The certificate of the signing key expires in 0 days, on December 5, 2026.', 'Certificate expires in 0 days'],
		['refresh_token', 3, 'The login ends in 3 days, on December 5, 2026. Connect again before.', 'Login ends in 3 days'],
		['refresh_token', -3, 'The login ended on December 5, 2026. Connect again, or enter another refresh token.', 'Login ended'],
	])('%s in %i days', (type, daysLeft, sentence, label) => {
		expect(warningSentence(aWarning(type, daysLeft))).toBe(sentence)
		expect(warningLabel(aWarning(type, daysLeft))).toBe(label)
	})

	it('leads to where it is renewed', () => {
		expect(warningHash(aWarning('client_certificate', 1))).toBe('#client-certificate')
		expect(warningHash(aWarning('signing_certificate', 1))).toBe('#authentication')
	})
})
