/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { RateState } from '../api/types.ts'

import { describe, expect, it } from 'vitest'
import { formatTime } from './format.ts'
import { rateGauge } from './rateState.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')

/**
 * @param changes what the case is about
 */
function aState(changes: Partial<RateState> = {}): RateState {
	return { origin: 'configured', limit: 60, remaining: 42, resetsAt: '2026-11-23T12:00:18Z', blockedUntil: null, observedAt: '2026-11-23T11:59:00Z', ...changes }
}

describe('the rate gauge', () => {
	it('tells what is left and until when', () => {
		expect(rateGauge(aState(), NOW)).toEqual({ kind: 'open', text: '42 of 60 requests left, resets in 18 s', limit: 60, remaining: 42 })
		expect(rateGauge(aState({ limit: null, resetsAt: null }), NOW)).toMatchObject({ text: '42 requests left' })
		expect(rateGauge(aState({ limit: null, resetsAt: null, remaining: 1 }), NOW)).toMatchObject({ text: '1 request left' })
	})

	it('names the time of a reset that is far away', () => {
		const resetsAt = '2026-11-23T13:00:00Z'

		expect(rateGauge(aState({ resetsAt }), NOW)?.text).toBe(`42 of 60 requests left, resets at ${formatTime(resetsAt, NOW)}`)
	})

	it('says who makes it wait', () => {
		const blockedUntil = '2026-11-23T12:02:00Z'
		const time = formatTime(blockedUntil, NOW)

		expect(rateGauge(aState({ blockedUntil, origin: 'announced' }), NOW)).toEqual({ kind: 'blocked', text: `waits until ${time} because the other side asked for it` })
		expect(rateGauge(aState({ blockedUntil }), NOW)?.text).toContain('limit of this source is used up')
	})

	it('is silent about what is unknown or over', () => {
		expect(rateGauge(null, NOW)).toBeNull()
		expect(rateGauge(aState({ remaining: null }), NOW)).toBeNull()
		expect(rateGauge(aState({ resetsAt: '2026-11-23T11:59:59Z' }), NOW)).toBeNull()
		expect(rateGauge(aState({ remaining: null, blockedUntil: '2026-11-23T11:59:59Z' }), NOW)).toBeNull()
	})
})
