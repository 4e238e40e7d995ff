/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { formatAge, formatBytes, formatDuration, formatLogTime, formatRemaining } from './format.ts'

describe('sizes', () => {
	it.each([[0, '0 B'], [1023, '1,023 B'], [4300, '4.2 KiB'], [1_048_576, '1 MiB'], [3.2 * 2 ** 30, '3.2 GiB'], [1.5 * 2 ** 40, '1.5 TiB']])('%i bytes are %s', (bytes, text) => {
		expect(formatBytes(bytes)).toBe(text)
	})
})

describe('durations', () => {
	it.each([[0.34, '0.3 ms'], [184.2, '184 ms'], [1980, '1.98 s'], [61_000, '61 s']])('%d ms are %s', (milliseconds, text) => {
		expect(formatDuration(milliseconds)).toBe(text)
	})
})

describe('what is left of a time', () => {
	it.each([[-5, '0 s'], [400, '1 s'], [59_900, '1 min 0 s'], [3_552_000, '59 min 12 s'], [172_799_000, '47 h 59 min'], [172_800_000, '2 days']])('%i ms are %s', (milliseconds, text) => {
		expect(formatRemaining(milliseconds)).toBe(text)
	})
})

describe('ages', () => {
	const now = Date.parse('2026-11-23T12:00:00Z')

	it.each([
		['2026-11-23T11:59:30Z', 'just now'],
		['2026-11-23T12:00:05Z', 'just now'],
		['2026-11-23T11:58:00Z', '2 min. ago'],
		['2026-11-23T11:00:00Z', '1 hr. ago'],
		['2026-11-20T12:00:00Z', '3 days ago'],
		['2025-11-20T12:00:00Z', '1 yr. ago'],
	])('%s was %s', (iso, text) => {
		expect(formatAge(iso, now)).toBe(text)
	})
})

describe('times in the list of calls', () => {
	it('have milliseconds, and the date only on other days', () => {
		const moment = new Date(2026, 10, 23, 14, 2, 11, 120)

		expect(formatLogTime(moment.toISOString(), moment)).toMatch(/^\D*0?2:02:11\.120/)
		expect(formatLogTime(moment.toISOString(), new Date(2026, 10, 24))).toContain('11/23/26')
	})
})
