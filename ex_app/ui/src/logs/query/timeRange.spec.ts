/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { rangeOf, spanOf, withPreset, withSpan } from './timeRange.ts'

const since = new Date('2026-11-23T10:00:00Z')
const until = new Date('2026-11-23T11:00:00.500Z')

describe('the time of a query', () => {
	it('is one of the usual ones, all, or one of its own', () => {
		expect(['', 'status:404', 'last:24h x', 'last:90m', 'since:2026-11-23', 'last:24h until:1h'].map(rangeOf))
			.toEqual(['all', 'all', '24h', 'custom', 'custom', 'custom'])
	})

	it('is replaced, whatever it was', () => {
		expect(withPreset('since:2026-11-23 x until:2026-11-24', '7d')).toBe('x last:7d')
		expect(withPreset('x last:7d', 'all')).toBe('x')
		expect(withSpan('last:7d x', { since, until })).toBe('x since:2026-11-23T10:00:00Z until:2026-11-23T11:00:00.500Z')
		expect(withSpan('x', { since: null, until: null })).toBe('x')
	})

	it('is read back to the moment', () => {
		expect(spanOf(withSpan('', { since, until }))).toEqual({ since, until })
		expect(spanOf('since:24h')).toEqual({ since: null, until: null })
	})
})
