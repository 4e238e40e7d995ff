/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { logChips, withoutChip } from './logChips.ts'
import { fromAddress, NO_FILTER, toAddress, toLogQuery } from './logFilter.ts'

const now = Date.parse('2026-11-23T12:00:00Z')

describe('the filter of the logs', () => {
	it('survives the address', () => {
		const address = { source: 'parcels,zaken', status: '4xx,none', method: 'GET', trigger: 'test', range: 'day', q: 'page=2' }

		expect(toAddress(fromAddress(address))).toEqual(address)
		expect(fromAddress({})).toEqual(NO_FILTER)
		expect(toAddress(NO_FILTER)).toEqual({})
	})

	it('can be of logins and tokens', () => {
		expect(logChips(fromAddress({ trigger: 'authorization' }), String).map(({ text }) => text)).toEqual(['Trigger: Token'])
	})

	it('takes any status from the address', () => {
		expect(fromAddress({ status: '418' }).statuses).toEqual(['418'])
	})

	it('counts "the last 24 hours" back from now', () => {
		expect(toLogQuery(fromAddress({ range: 'day' }), now)).toMatchObject({ since: '2026-11-22T12:00:00.000Z', until: null })
	})

	it('knows a range of its own by its ends, and leaves out what is no time', () => {
		const filter = fromAddress({ since: '2026-11-23T10:00', until: 'soon' })

		expect(filter.range).toBe('custom')
		expect(toLogQuery(filter, now)).toMatchObject({ since: new Date('2026-11-23T10:00').toISOString(), until: null })
	})

	it('forgets the ends with the range', () => {
		expect(toAddress({ ...fromAddress({ since: '2026-11-23T10:00' }), range: 'hour' })).toEqual({ range: 'hour' })
	})

	it('is of one source on the page of that source', () => {
		expect(toLogQuery(fromAddress({ source: 'other' }), now, 'id').source).toEqual(['id'])
	})

	it('is told in chips, each of which can be taken out', () => {
		const filter = fromAddress({ source: 'parcels', status: '4xx,error', method: 'GET', trigger: 'test', range: 'week', q: 'a:b' })
		const chips = logChips(filter, (slug) => slug.toUpperCase())

		expect(chips.map(({ text }) => text)).toEqual(['URL: a:b', 'Source: PARCELS', 'Status: 4xx', 'Status: Failed', 'Method: GET', 'Trigger: Test', 'Last 7 days'])
		expect(chips.reduce(withoutChip, filter)).toEqual(NO_FILTER)
	})
})
