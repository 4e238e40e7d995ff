/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { SourceWarning } from '../api/authentication.ts'

import { formatDate } from '../components/format.ts'
import { n, t } from '../l10n.ts'

/**
 * What ends, and when, as a sentence.
 *
 * @param warning what a source says about itself
 */
export function warningSentence(warning: SourceWarning): string {
	const { type, daysLeft, expiresAt } = warning
	const date = formatDate(expiresAt)
	const isOver = daysLeft < 0
	switch (type) {
		case 'client_certificate': return isOver
			? t('open_connector', 'The client certificate expired on {date}.', { date })
			: n('open_connector', 'The client certificate expires in %n day, on {date}.', 'The client certificate expires in %n days, on {date}.', daysLeft, { date })
		case 'signing_certificate': return isOver
			? t('open_connector', 'The certificate of the signing key expired on {date}.', { date })
			: n('open_connector', 'The certificate of the signing key expires in %n day, on {date}.', 'The certificate of the signing key expires in %n days, on {date}.', daysLeft, { date })
		case 'refresh_token': return isOver
			? t('open_connector', 'The login ended on {date}. Connect again, or enter another refresh token.', { date })
			: n('open_connector', 'The login ends in %n day, on {date}. Connect again before.', 'The login ends in %n days, on {date}. Connect again before.', daysLeft, { date })
	}
}

/**
 * The same for a list: "Certificate expires in 12 days".
 *
 * @param warning what a source says about itself
 */
export function warningLabel(warning: SourceWarning): string {
	const { type, daysLeft } = warning
	const isOver = daysLeft < 0
	if (type === 'refresh_token') {
		return isOver ? t('open_connector', 'Login ended') : n('open_connector', 'Login ends in %n day', 'Login ends in %n days', daysLeft)
	}
	return isOver ? t('open_connector', 'Certificate expired') : n('open_connector', 'Certificate expires in %n day', 'Certificate expires in %n days', daysLeft)
}

/**
 * The part of the Configuration page where it is renewed.
 *
 * @param warning what a source says about itself
 */
export function warningHash(warning: SourceWarning): string {
	return warning.pointer.startsWith('/connection/clientCertificate') ? '#client-certificate' : '#authentication'
}
