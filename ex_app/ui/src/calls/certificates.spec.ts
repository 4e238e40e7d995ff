/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { aCertificate } from '../factories.ts'
import { certificateState, certificateWords, fingerprintWords } from './certificates.ts'

const AT = '2026-11-23T12:00:00Z'

describe('the state of a certificate', () => {
	it.each([
		[69, '2027-02-01T00:00:00Z', 'valid', 'success', '69 days left'],
		[30, '2026-12-23T13:00:00Z', 'valid', 'success', '30 days left'],
		[29, '2026-12-22T13:00:00Z', 'expiring', 'warning', 'expires in 29 days'],
		[1, '2026-11-24T13:00:00Z', 'expiring', 'warning', 'expires in 1 day'],
		[0, '2026-11-23T13:00:00Z', 'expiring', 'warning', 'expires in 0 days'],
		[0, '2026-11-23T11:59:00Z', 'expired', 'error', 'expired'],
		[-1, '2026-11-22T12:00:00Z', 'expired', 'error', 'expired 1 day before'],
		[-40, '2026-10-14T12:00:00Z', 'expired', 'error', 'expired 40 days before'],
	] as const)('with %i days left, until %s, is %s', (daysLeft, notAfter, state, tone, text) => {
		const certificate = aCertificate({ daysLeft, notAfter })

		expect(certificateState(certificate, AT)).toBe(state)
		expect(certificateWords(certificate, AT)).toEqual({ tone, text })
	})

	it('is "not yet" before its time, however long it will last', () => {
		const certificate = aCertificate({ notBefore: '2026-11-23T12:00:01Z', daysLeft: 90 })

		expect(certificateWords(certificate, AT)).toEqual({ tone: 'error', text: 'not yet valid' })
	})
})

describe('a fingerprint', () => {
	it('is shown as other tools show it', () => {
		expect(fingerprintWords('ab01ff')).toBe('AB:01:FF')
		expect(fingerprintWords('')).toBe('')
	})
})
