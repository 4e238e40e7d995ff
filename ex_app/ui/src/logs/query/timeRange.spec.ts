/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import TimeRange from './TimeRange.vue'
import { formatDateTime } from '../../components/format.ts'
import { momentText, rangeOf, spanOf, withinSpan, withPreset, withSpan } from './timeRange.ts'

const since = new Date('2026-11-23T10:00:00Z')
const until = new Date('2026-11-23T11:00:00.500Z')

const PICKER = { props: ['label', 'modelValue'], emits: ['change'], template: '<input :data-label="label" :data-moment="modelValue?.toISOString()" @change="$emit(\'change\', $event)">' }

/**
 * @param query what is asked already
 * @param label of the end
 * @param local what is typed
 */
async function set(query: string, label: string, local: string) {
	const range = mount(TimeRange, { props: { query }, global: { stubs: { NcDateTimePickerNative: PICKER } } })
	await range.get(`[data-label="${label}"]`).setValue(local)
	return range.emitted('change')![0]![0]
}

// Somewhere else than in UTC.
beforeEach(() => void vi.stubEnv('TZ', 'Europe/Amsterdam'))
afterEach(() => void vi.unstubAllEnvs())

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
		expect(spanOf('-since:2026-11-23T10:00:00Z')).toEqual({ since: null, until: null })
		expect(spanOf('since:2026-11-22 since:2026-11-23T11:00+01:00')).toEqual({ since, until: null })
	})

	it('is in UTC where it has no zone, as for the server', () => {
		expect(new Date('2026-11-23T10:00').toISOString()).toBe('2026-11-23T09:00:00.000Z')
		expect(spanOf('since:2026-11-23T10:00 until:"2026-11-23 11:00:00.5"')).toEqual({ since, until })
		expect(momentText('2026-11-23T10:00')).toBe(formatDateTime('2026-11-23T10:00:00Z'))
		expect(['today', '24h', '2026-11', '2026-11-23T10'].map(momentText)).toEqual(['today', '24h', '2026-11', '2026-11-23T10'])
	})

	it('keeps the end that nobody changed', () => {
		expect(withSpan('since:2026-11-23T10:00 x', { until })).toBe('since:2026-11-23T10:00 x until:2026-11-23T11:00:00.500Z')
		expect(withSpan('since:today until:2h', { until })).toBe('since:today until:2026-11-23T11:00:00.500Z')
		expect(withSpan('until:1h since:today', { since })).toBe('until:1h since:2026-11-23T10:00:00Z')
		expect(withSpan('last:7d until:1h', { until: null })).toBe('last:7d')
		expect(withSpan('-until:2026-11-22 until:1h', { until })).toBe('-until:2026-11-22 until:2026-11-23T11:00:00.500Z')
	})

	it('is narrowed, and never widened', () => {
		expect(withinSpan('since:2026-11-23T10:30Z', { since, until })).toBe('since:2026-11-23T10:30:00Z until:2026-11-23T11:00:00.500Z')
		expect(withinSpan('until:2026-11-23T10:30 last:7d', { since, until })).toBe('since:2026-11-23T10:00:00Z until:2026-11-23T10:30:00Z')
	})
})

describe('the fields of the time', () => {
	it('changes one end and leaves the other as it was written', async () => {
		expect(await set('since:2026-11-23T14:00', 'To', '2026-11-23T16:00')).toBe('since:2026-11-23T14:00 until:2026-11-23T15:00:00Z')
		expect(await set('since:today x', 'To', '2026-11-23T16:00')).toBe('since:today x until:2026-11-23T15:00:00Z')
		expect(await set('until:1h', 'From', '2026-11-23T16:00')).toBe('until:1h since:2026-11-23T15:00:00Z')
	})

	it('shows the moments in the time of the user', () => {
		const range = mount(TimeRange, { props: { query: 'since:2026-11-23T14:00' }, global: { stubs: { NcDateTimePickerNative: PICKER } } })

		expect(range.get('[data-label="From"]').attributes('data-moment')).toBe('2026-11-23T14:00:00.000Z')
	})
})
