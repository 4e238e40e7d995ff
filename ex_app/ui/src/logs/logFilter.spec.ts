/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { fromAddress, NO_FILTER, toAddress, toLogQuery } from './logFilter.ts'

describe('the filter of the logs', () => {
	it('survives the address', () => {
		const address = { query: 'status:5xx "time out"', sort: 'duration' }

		expect(toAddress(fromAddress(address))).toEqual(address)
		expect(fromAddress({})).toEqual(NO_FILTER)
		expect(toAddress(NO_FILTER)).toEqual({})
	})

	it('leaves out an order that there is not', () => {
		expect(fromAddress({ sort: 'size' }).sort).toBe('-time')
	})

	it('understands an address of before there was a query', () => {
		expect(fromAddress({ source: 'parcels,zaken', status: '4xx,error', method: 'GET', trigger: 'test', range: 'week', q: 'a"b' }).query)
			.toBe('source:parcels,zaken status:4xx,error method:GET trigger:test "a\\"b" last:7d')
	})

	it('knows the ends of a former range in UTC, and leaves out what is no time', () => {
		expect(fromAddress({ since: '2026-11-23T10:00', until: 'soon' }).query)
			.toBe(`since:${new Date('2026-11-23T10:00').toISOString().replace('.000Z', 'Z')}`)
	})

	it('goes by the query when an address has both', () => {
		expect(fromAddress({ query: 'is:pinned', status: '4xx' }).query).toBe('is:pinned')
	})

	it('is of one source on the page of that source, whatever an address said', () => {
		const filter = fromAddress({ source: 'other', status: '404' }, true)

		expect(filter.query).toBe('status:404')
		expect(toLogQuery(filter, 'id')).toEqual({ query: 'status:404', source: ['id'] })
	})
})
