/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Phase } from './waterfall.ts'

import { t } from '../l10n.ts'

/**
 * @param phase a part of an exchange
 */
export function phaseName(phase: Phase): string {
	switch (phase) {
		case 'blocked': return t('open_connector', 'Queued')
		case 'dns': return t('open_connector', 'DNS')
		case 'connect': return t('open_connector', 'Connect')
		case 'tls': return t('open_connector', 'TLS')
		case 'send': return t('open_connector', 'Send')
		case 'wait': return t('open_connector', 'Wait')
		case 'receive': return t('open_connector', 'Receive')
	}
}

/**
 * @param phase a part of an exchange
 */
export function phaseMeaning(phase: Phase): string {
	switch (phase) {
		case 'blocked': return t('open_connector', 'until a connection was free')
		case 'dns': return t('open_connector', 'finding the addresses of the name')
		case 'connect': return t('open_connector', 'until the other side picked up')
		case 'tls': return t('open_connector', 'agreeing on keys, checking the certificate')
		case 'send': return t('open_connector', 'handing the request over')
		case 'wait': return t('open_connector', 'until the first byte of the answer')
		case 'receive': return t('open_connector', 'until its last byte')
	}
}
