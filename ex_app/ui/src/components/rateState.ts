/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { RateState } from '../api/types.ts'

import { n, t } from '../l10n.ts'
import { formatDuration, formatNumber, formatTime } from './format.ts'

/** What there is to say about a rate limit now. */
export type RateGaugeState
	= | { kind: 'blocked', text: string }
		| { kind: 'open', text: string, limit: number | null, remaining: number }

/**
 * @param state what is known about the limit
 * @param now the present, in ms
 * @return null when what is known is over, or says nothing
 */
export function rateGauge(state: RateState | null, now: number): RateGaugeState | null {
	if (!state) {
		return null
	}
	if (state.blockedUntil && Date.parse(state.blockedUntil) > now) {
		return { kind: 'blocked', text: blockedText(state, state.blockedUntil, now) }
	}
	if (state.remaining === null || (state.resetsAt && Date.parse(state.resetsAt) <= now)) {
		return null
	}
	return { kind: 'open', text: openText(state, state.remaining, now), limit: state.limit, remaining: state.remaining }
}

/**
 * @param state what is known about the limit
 * @param until no request is sent before
 * @param now the present, in ms
 */
function blockedText(state: RateState, until: string, now: number): string {
	const time = formatTime(until, now)
	return state.origin === 'announced'
		? t('open_connector', 'waits until {time} because the other side asked for it', { time })
		: t('open_connector', 'waits until {time} because the limit of this source is used up', { time })
}

/**
 * @param state what is known about the limit
 * @param remaining how many requests are left
 * @param now the present, in ms
 */
function openText(state: RateState, remaining: number, now: number): string {
	const left = state.limit === null
		? n('open_connector', '{remaining} request left', '{remaining} requests left', remaining, { remaining: formatNumber(remaining) })
		: n('open_connector', '{remaining} of {limit} request left', '{remaining} of {limit} requests left', state.limit, { remaining: formatNumber(remaining), limit: formatNumber(state.limit) })
	if (!state.resetsAt) {
		return left
	}
	const seconds = Math.ceil((Date.parse(state.resetsAt) - now) / 1000)
	return seconds < 120
		? t('open_connector', '{left}, resets in {duration}', { left, duration: formatDuration(seconds * 1000) })
		: t('open_connector', '{left}, resets at {time}', { left, time: formatTime(state.resetsAt, now) })
}
