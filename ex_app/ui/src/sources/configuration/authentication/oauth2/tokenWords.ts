/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Token } from '../../../../api/authentication.ts'
import type { Tone } from '../../../../calls/outcome.ts'

import { formatDateTime, formatRemaining } from '../../../../components/format.ts'
import { t } from '../../../../l10n.ts'

/** A token is renewed before it ends, so shortly before its end nothing is wrong yet. */
const SOON_MS = 60_000

/** Claims that are moments, in seconds since 1970 (RFC 7519; OpenID Connect Core). */
const MOMENTS = new Set(['exp', 'iat', 'nbf', 'auth_time'])

/**
 * How long a token is good for.
 *
 * @param expiresAt its end; null when nobody said
 * @param now the present, in ms
 */
export function expiryWords(expiresAt: string | null, now: number): { tone: Tone, text: string } {
	if (expiresAt === null) {
		return { tone: 'info', text: t('open_connector', 'The provider did not say until when. It is used until it is refused.') }
	}
	const left = Date.parse(expiresAt) - now
	if (left <= 0) {
		return { tone: 'neutral', text: t('open_connector', 'It has ended. The next call gets another one.') }
	}
	return { tone: left < SOON_MS ? 'warning' : 'success', text: t('open_connector', 'Ends in {time}', { time: formatRemaining(left) }) }
}

/**
 * Whether the access goes on without anybody, and until when.
 *
 * @param token what is known of a token
 */
export function refreshWords(token: Token): string {
	if (!token.canRefresh) {
		return t('open_connector', 'no')
	}
	return token.refreshExpiresAt
		? t('open_connector', 'yes, until {time}', { time: formatDateTime(token.refreshExpiresAt) })
		: t('open_connector', 'yes; the provider did not say until when')
}

/**
 * Names and values of a JSON object for a table; moments are told as such, too.
 *
 * @param object header or claims of a JWT
 */
export function memberRows(object: Record<string, unknown>): { name: string, value: string }[] {
	return Object.entries(object).map(([name, value]) => ({ name, value: MOMENTS.has(name) && typeof value === 'number' ? momentWords(value) : textOf(value) }))
}

/**
 * @param seconds since 1970; nonsense stays a number
 */
function momentWords(seconds: number): string {
	const moment = new Date(seconds * 1000)
	return Number.isNaN(moment.getTime()) ? String(seconds) : `${seconds} (${formatDateTime(moment.toISOString())})`
}

/**
 * @param value any JSON
 */
function textOf(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value)
}
