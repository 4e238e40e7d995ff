/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Certificate } from '../api/types.ts'
import type { Tone } from './outcome.ts'

import { n, t } from '../l10n.ts'

export const EXPIRES_SOON_DAYS = 30

export type CertificateState = 'valid' | 'expiring' | 'expired' | 'notYetValid'

/**
 * How a certificate stood when it was shown.
 *
 * @param certificate a certificate
 * @param at the moment of the exchange
 */
export function certificateState(certificate: Certificate, at: string): CertificateState {
	if (Date.parse(certificate.notBefore) > Date.parse(at)) {
		return 'notYetValid'
	}
	if (certificate.daysLeft < 0 || Date.parse(certificate.notAfter) <= Date.parse(at)) {
		return 'expired'
	}
	return certificate.daysLeft < EXPIRES_SOON_DAYS ? 'expiring' : 'valid'
}

/**
 * The state in words, with the days that are left.
 *
 * @param certificate a certificate
 * @param at the moment of the exchange
 */
export function certificateWords(certificate: Certificate, at: string): { tone: Tone, text: string } {
	const days = certificate.daysLeft
	switch (certificateState(certificate, at)) {
		case 'notYetValid': return { tone: 'error', text: t('open_connector', 'not yet valid') }
		case 'expired': return { tone: 'error', text: days < 0 ? n('open_connector', 'expired %n day before', 'expired %n days before', -days) : t('open_connector', 'expired') }
		case 'expiring': return { tone: 'warning', text: n('open_connector', 'expires in %n day', 'expires in %n days', days) }
		case 'valid': return { tone: 'success', text: n('open_connector', '%n day left', '%n days left', days) }
	}
}

/**
 * In pairs of digits, as other tools show it.
 *
 * @param fingerprint hexadecimal digits
 */
export function fingerprintWords(fingerprint: string): string {
	return (fingerprint.toUpperCase().match(/../g) ?? []).join(':')
}
