/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { ConnectionEvidence, Exchange, ReceivedResponse } from '../api/types.ts'

import { formatBytes } from '../components/format.ts'
import { t } from '../l10n.ts'
import { errorWords } from './outcome.ts'

/**
 * @param exchange one request of a call
 */
export function kindName(exchange: Exchange): string {
	switch (exchange.kind) {
		case 'redirect': return t('open_connector', 'redirect')
		case 'retry': return t('open_connector', 'retry')
		case 'authentication': return t('open_connector', 'with credentials')
		case 'token': return t('open_connector', 'token request')
		case 'discovery': return t('open_connector', 'discovery')
		case 'page': return t('open_connector', 'next page')
		case 'description': return t('open_connector', 'WSDL')
		default: return t('open_connector', 'request')
	}
}

/**
 * How it ended, short: its status, or that there was none.
 *
 * @param exchange one request of a call
 */
export function endOf(exchange: Exchange): string {
	return exchange.response && !exchange.error
		? `${exchange.response.statusCode} ${exchange.response.reason}`.trim()
		: errorWords(exchange.error?.type ?? null) ?? t('open_connector', 'no answer')
}

/**
 * The exchange that brought what was asked for: of followed pages the first one.
 *
 * @param exchanges those of a call
 */
export function firstAnswer(exchanges: Exchange[]): Exchange | null {
	const further = exchanges.findIndex(({ kind }) => kind === 'page')
	const first = further < 0 ? exchanges : exchanges.slice(0, further)
	return first.findLast(({ kind, response }) => response && kind !== 'token' && kind !== 'discovery') ?? null
}

/**
 * For a list of exchanges: "2. retry: 200 OK".
 *
 * @param exchange one request of a call
 * @param index which one, from 0
 */
export function exchangeLabel(exchange: Exchange, index: number): string {
	return t('open_connector', '{number}. {kind}: {end}', { number: index + 1, kind: kindName(exchange), end: endOf(exchange) })
}

/**
 * How much came: as the network counts, and as one reads it; null when nobody counted.
 *
 * @param response a response
 */
export function sizeWords(response: ReceivedResponse): string | null {
	// With HTTP/2 several responses share the connection, and only the bodies can be told apart.
	const wire = response.wireSize ?? response.encodedSize
	const decoded = response.body?.size ?? response.encodedSize
	return wire === null || decoded === null
		? null
		: t('open_connector', '{wire} on the wire, {decoded} decoded', { wire: formatBytes(wire), decoded: formatBytes(decoded) })
}

/**
 * The other end of a connection, as address and port; null when there was none.
 *
 * @param connection what an exchange went through
 */
export function connectedTo(connection: ConnectionEvidence): string | null {
	if (connection.address === null) {
		return null
	}
	const host = connection.address.includes(':') ? `[${connection.address}]` : connection.address
	return connection.port === null ? host : `${host}:${connection.port}`
}
