/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Statistics } from '../../api/logStatistics.ts'

import { describe, expect, it } from 'vitest'
import { narrowed } from './narrowing.ts'
import { decadesAround, heatRows, niceEnd, partsOf, pathThrough, rowRange, segmentsOf, spanOf, ticksOf, timeOf } from './plot.ts'
import { fixedPart, topPaths } from './topRows.ts'
import { dayQuery, dayText, levelOf } from './uptimeDays.ts'

const latency = { p50Ms: 80, p95Ms: 200, p99Ms: 900 }
const statistics: Statistics = {
	since: '2026-11-23T10:00:30Z',
	until: '2026-11-23T10:03:00Z',
	stepSeconds: 60,
	calls: 6,
	errors: 3,
	bytes: 0,
	latency,
	heatBounds: [10, 100],
	points: [
		{ at: '2026-11-23T10:00:00Z', outcomes: { refused: 1, success: 3, http_error: 2 }, latency, heat: [1, 5] },
		{ at: '2026-11-23T10:01:00Z', outcomes: {}, latency, heat: [] },
		{ at: '2026-11-23T10:02:00Z', outcomes: {}, latency, heat: [] },
	],
	sources: [],
	paths: [
		{ sourceId: 's', method: 'GET', path: '/orders/{id}/lines', calls: 4, errors: 1 },
		{ sourceId: 's', method: '', path: '…', calls: 2, errors: 0 },
	],
	errorsByType: [],
	origin: 'rollups',
	sampleSize: null,
	pathSampleSize: null,
}

describe('the picture of the calls', () => {
	it('shows whole bars', () => {
		expect(spanOf(statistics)).toEqual({ from: Date.parse('2026-11-23T10:00:00Z'), to: Date.parse('2026-11-23T10:03:00Z') })
	})

	it('gives the time of the bars that were chosen', () => {
		expect(timeOf(statistics, 1, 2)).toEqual({ since: new Date('2026-11-23T10:01:00Z'), until: new Date('2026-11-23T10:03:00Z') })
	})

	it('does not reach beyond its time with the first bar and the last', () => {
		const since = new Date(statistics.since)
		expect(timeOf(statistics, 0)).toEqual({ since, until: new Date('2026-11-23T10:01:00Z') })
		expect(timeOf({ ...statistics, until: '2026-11-23T10:02:20Z' }, 0, 2)).toEqual({ since, until: new Date('2026-11-23T10:02:20Z') })
	})

	it('has bars of parts, from the top to the bottom', () => {
		expect(partsOf(statistics.points[0]!)).toEqual([{ outcome: 'refused' }, { outcome: 'http_error' }, { outcome: 'success' }, { row: 1 }, { row: 0 }])
		expect([0, 1].map((row) => rowRange(statistics, row))).toEqual([{ low: null, high: 10 }, { low: 10, high: null }])
	})

	it('narrows to the part of a bar that was chosen', () => {
		const first = { first: 0, last: 0 }
		const time = 'since:2026-11-23T10:00:30Z until:2026-11-23T10:01:00Z'
		const three = { ...statistics, heatBounds: [10, 2000, 3_600_000] }

		expect(narrowed('outcome:refused,success x', statistics, first, { outcome: 'refused' })).toBe(`x ${time} outcome:refused`)
		expect([0, 1, 2].map((row) => narrowed('', three, first, { row }))).toEqual(['<=10ms', '10ms..2s', '>2s'].map((range) => `${time} duration:${range}`))
		expect(narrowed('duration:>1s', three, first, { row: 1 })).toBe(`duration:>1s ${time} duration:10ms..2s`)
		expect(narrowed('duration:10ms..2s', three, first, { row: 1 })).toBe(`duration:10ms..2s ${time}`)
		expect(narrowed('since:2026-11-23T10:00:40', statistics, first, null)).toBe('since:2026-11-23T10:00:40Z until:2026-11-23T10:01:00Z')
	})

	it('stacks what failed upon what went well', () => {
		expect(segmentsOf(statistics.points[0]!)).toEqual([
			{ outcome: 'success', from: 0, to: 3 },
			{ outcome: 'http_error', from: 3, to: 5 },
			{ outcome: 'refused', from: 5, to: 6 },
		])
	})

	it('has axes that end at round numbers', () => {
		expect([0, 1, 3, 38, 500, 5001].map(niceEnd)).toEqual([1, 1, 5, 50, 500, 10_000])
		expect(decadesAround([12, 900])).toEqual({ low: 1, high: 3 })
		expect(decadesAround([100])).toEqual({ low: 2, high: 3 })
		expect(decadesAround([])).toEqual({ low: 0, high: 1 })
	})

	it('leaves out durations that no call had', () => {
		const wide = { ...statistics, heatBounds: [1, 10, 100, 1000], points: [{ ...statistics.points[0]!, heat: [0, 4, 1, 0] }] }

		expect(heatRows(wide)).toEqual({ first: 1, last: 2, low: 1, high: 100 })
		expect(heatRows({ ...wide, points: [] })).toEqual({ first: 0, last: 3, low: 0, high: 1000 })
	})

	it('breaks a line where there was no call', () => {
		expect(pathThrough([{ x: 0, y: 1 }, { x: 1, y: 2 }, null, { x: 3, y: 0 }])).toBe('M0.0,1.0L1.0,2.0M3.0,0.0L3.0,0.0')
	})

	it('has no more ticks than there is room for', () => {
		const hour = 3_600_000
		for (const length of [0.05, 1, 24, 24 * 30, 24 * 900]) {
			const ticks = ticksOf({ from: 1_000_000, to: 1_000_000 + length * hour }, 6)
			expect(ticks.length).toBeGreaterThanOrEqual(length < 0.1 ? 0 : 1)
			expect(ticks.length).toBeLessThanOrEqual(7)
		}
	})
})

describe('the most frequent', () => {
	it('narrows by the part of a path that does not change', () => {
		expect(['/orders/{id}/lines', '/orders', '/{id}', '/a/b(\'{id}\')', '/long/…'].map(fixedPart)).toEqual(['/orders', '/orders', '/', '/a', '/long'])
	})

	it('knows the source and the method of a path, and none of all the others', () => {
		expect(topPaths(statistics, false).map(({ fields }) => fields)).toEqual([
			[['source', 's'], ['method', 'GET'], ['path', '/orders']],
			[['source', 's']],
		])
		expect(topPaths(statistics, true)[0]!.fields).toEqual([['method', 'GET'], ['path', '/orders']])
	})
})

describe('a day of a source', () => {
	it('went well, badly, or not at all', () => {
		const levels = [[0, 0], [50, 0], [50, 4], [50, 5]].map(([calls, errors]) => levelOf({ day: '2026-11-23', calls: calls!, errors: errors! }))
		expect(levels).toEqual(['none', 'good', 'some', 'many'])
		expect(dayQuery({ day: '2026-11-23', calls: 0, errors: 0 })).toBe('since:2026-11-23T00:00:00Z until:2026-11-24T00:00:00Z')
		expect(dayText({ day: '2026-11-23', calls: 200, errors: 5 })).toBe('Nov 23, 2026: 200 calls, 2.5 % failed')
	})
})
