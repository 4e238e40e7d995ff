/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Check, Expiry, Health, Watch, Weekday } from './watchApi.ts'

import { formatDate, formatDateTime, formatDuration } from '../components/format.ts'
import { n, t } from '../l10n.ts'

export type HealthState = Health['state']
type Tone = 'success' | 'warning' | 'error' | 'neutral'

/**
 * @param state how a source is
 */
export function stateLabel(state: HealthState): string {
	switch (state) {
		case 'healthy': return t('open_connector', 'Healthy')
		case 'degraded': return t('open_connector', 'Degraded')
		case 'failing': return t('open_connector', 'Failing')
		case 'paused': return t('open_connector', 'Watch paused')
		default: return t('open_connector', 'Not known yet')
	}
}

/**
 * @param state how a source is
 */
export function stateTone(state: HealthState): Tone {
	const tones: Partial<Record<HealthState, Tone>> = { healthy: 'success', degraded: 'warning', failing: 'error' }
	return tones[state] ?? 'neutral'
}

/**
 * The state of a watch as the list of sources shows it: one that makes no checks knows nothing.
 *
 * @param watch a watch
 */
export function healthState(watch: Watch): HealthState {
	return watch.nextCheckAt === null ? 'paused' : watch.state
}

/**
 * One check in words, for those who cannot see its bar.
 *
 * @param check a check
 */
export function checkSentence(check: Check): string {
	const time = formatDateTime(check.at)
	const duration = formatDuration(check.durationMs)
	const status = check.statusCode ?? '–'
	switch (check.verdict) {
		case 'passed': return t('open_connector', '{time}: passed, {status} in {duration}', { time, status, duration })
		case 'slow': return t('open_connector', '{time}: slow, {status} in {duration}', { time, status, duration })
		case 'skipped': return t('open_connector', '{time}: no request was sent', { time })
		default: return t('open_connector', '{time}: failed, {status} after {duration}', { time, status, duration })
	}
}

/**
 * @param expiry something that ends
 */
export function expirySentence(expiry: Expiry): string {
	const date = formatDate(expiry.expiresAt)
	switch (expiry.type) {
		case 'server_certificate': return t('open_connector', 'The certificate of the server ends on {date}', { date })
		case 'client_certificate': return t('open_connector', 'The client certificate ends on {date}', { date })
		case 'signing_certificate': return t('open_connector', 'The certificate of the signing key ends on {date}', { date })
		default: return t('open_connector', 'The login ends on {date}', { date })
	}
}

/** The intervals that are offered, in seconds, as the values of a list box. */
export const INTERVALS = [60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400]

/**
 * @param seconds how often
 */
export function intervalLabel(seconds: number): string {
	if (seconds % 86_400 === 0) {
		return t('open_connector', 'Once a day')
	}
	if (seconds % 3600 === 0) {
		return n('open_connector', 'Every hour', 'Every %n hours', seconds / 3600)
	}
	if (seconds % 60 === 0) {
		return n('open_connector', 'Every minute', 'Every %n minutes', seconds / 60)
	}
	return n('open_connector', 'Every second', 'Every %n seconds', seconds)
}

/** The days of a week, Monday first. */
export function weekdays(): { value: Weekday, label: string }[] {
	return [
		{ value: 'mon', label: t('open_connector', 'Monday') },
		{ value: 'tue', label: t('open_connector', 'Tuesday') },
		{ value: 'wed', label: t('open_connector', 'Wednesday') },
		{ value: 'thu', label: t('open_connector', 'Thursday') },
		{ value: 'fri', label: t('open_connector', 'Friday') },
		{ value: 'sat', label: t('open_connector', 'Saturday') },
		{ value: 'sun', label: t('open_connector', 'Sunday') },
	]
}
