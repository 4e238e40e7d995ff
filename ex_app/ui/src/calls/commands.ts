/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Exchange } from '../api/types.ts'

/** A command of a file transfer, or a reply to one. */
export type TraceLine = NonNullable<Exchange['trace']>[number]

/**
 * Commands and replies as text, for a mail to those who run the server.
 *
 * @param trace what was said
 */
export function traceText(trace: TraceLine[]): string {
	return trace.map(({ atMs, isSent, text }) => `${atMs.toFixed(1).padStart(8)} ms ${isSent ? '>' : '<'} ${text}`).join('\n')
}

/**
 * Which parts there are to be looked at. A file transfer has no headers, and no body unless a file was read.
 *
 * @param exchange one request with what came of it
 * @param parts all of them
 */
export function partsOf<T extends { value: string }>(exchange: Exchange | null, parts: T[]): T[] {
	const has: Record<string, boolean> = {
		commands: !!exchange?.trace,
		body: !exchange?.trace || (exchange.response?.body?.size ?? 0) > 0 || exchange.request.method === 'GET',
		headers: !exchange?.trace || (exchange.response?.headers.length ?? 0) > 0,
		tls: !exchange?.trace || !!exchange.connection?.tls,
	}
	return parts.filter(({ value }) => has[value] ?? true)
}

/**
 * What matters most of an exchange: what came, or of a file transfer without a file how it went.
 *
 * @param exchange one request with what came of it
 */
export function firstPart(exchange: Exchange | null): 'body' | 'commands' {
	return exchange?.trace && exchange.request.method !== 'GET' ? 'commands' : 'body'
}
