/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { VueWrapper } from '@vue/test-utils'
import type { Statistics } from '../../api/logStatistics.ts'

import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import LogPictures from './LogPictures.vue'
import { readStatistics } from '../../api/logStatistics.ts'

vi.mock('../../api/logStatistics.ts', () => ({ readStatistics: vi.fn() }))

const latency = { p50Ms: 80, p95Ms: 200, p99Ms: 900 }
const statistics: Statistics = {
	since: '2026-11-23T10:00:30Z',
	until: '2026-11-23T10:02:00Z',
	stepSeconds: 60,
	calls: 6,
	errors: 2,
	bytes: 0,
	latency,
	heatBounds: [10, 100, 3_600_000],
	points: [
		{ at: '2026-11-23T10:00:00Z', outcomes: { success: 3, http_error: 2 }, latency, heat: [1, 4, 0] },
		{ at: '2026-11-23T10:01:00Z', outcomes: { success: 1 }, latency, heat: [0, 0, 1] },
	],
	sources: [],
	paths: [],
	errorsByType: [],
	origin: 'rollups',
	sampleSize: null,
	pathSampleSize: null,
}
const FIRST = 'since:2026-11-23T10:00:30Z until:2026-11-23T10:01:00Z'
const LEFT = 56
/** Of 600 px there are so many for each bar */
const BAR = (600 - LEFT) / 2

/** The pictures, with what they ask for. */
async function show() {
	vi.mocked(readStatistics).mockResolvedValue(statistics)
	const pictures = mount(LogPictures, { props: { query: { query: 'since:2026-11-23T10:00:30Z' }, isScoped: false, isListLoading: false, isListBroken: false, newIds: new Set<string>() }, attachTo: document.body })
	await flushPromises()
	return pictures
}

/**
 * @param pictures what is shown
 * @param on where the pointer goes down, a selector
 * @param from over the first bar
 * @param to over the last bar
 */
async function drag(pictures: VueWrapper, on: string, from = 0, to = from) {
	const plot = pictures.get<HTMLElement>('.plot')
	plot.element.setPointerCapture = vi.fn()
	await pictures.get(on).trigger('pointerdown', { button: 0, clientX: LEFT + BAR * (from + 0.5) })
	await plot.trigger('pointermove', { clientX: LEFT + BAR * (to + 0.5) })
	await plot.trigger('pointerup', {})
}

/**
 * @param pictures what is shown
 * @param keys pressed one after the other
 */
async function press(pictures: VueWrapper, ...keys: string[]) {
	for (const key of keys) {
		await pictures.get('.plot').trigger('keydown', { key })
	}
}

beforeEach(() => vi.stubGlobal('innerWidth', 1200))

describe('the pictures of the log', () => {
	it('narrow to a part of a bar that is clicked, in time and outcome', async () => {
		const pictures = await show()
		await drag(pictures, '[data-outcome="http_error"]')

		expect(pictures.emitted('narrow')).toEqual([[`${FIRST} outcome:http_error`]])
	})

	it('narrow to a cell of the heat map, in time and duration', async () => {
		const pictures = await show()
		await drag(pictures, '[data-row="1"]')

		expect(pictures.emitted('narrow')).toEqual([[`${FIRST} duration:10ms..100ms`]])
	})

	it('narrow to a time that is dragged over, or clicked where nothing is, and never widen it', async () => {
		const pictures = await show()
		await drag(pictures, '[data-outcome="http_error"]', 0, 1)
		await drag(pictures, '.plot')

		expect(pictures.emitted('narrow')).toEqual([['since:2026-11-23T10:00:30Z until:2026-11-23T10:02:00Z'], [FIRST]])
	})

	it('do the same by the keyboard, and say what is chosen', async () => {
		const pictures = await show()
		await press(pictures, 'End', 'Home', 'ArrowDown')
		expect(pictures.get('[aria-live]').text()).toMatch(/· HTTP error 2$/)
		expect(pictures.get('.plot__part').attributes('data-outcome')).toBe('http_error')

		await press(pictures, 'Enter', 'End', 'Home', 'ArrowUp')
		expect(pictures.get('[aria-live]').text()).toMatch(/· ≤ 10 ms · 1 call$/)
		await press(pictures, 'ArrowUp', 'Enter', 'ArrowLeft', 'ArrowDown', 'ArrowUp', 'Enter')

		expect(pictures.emitted('narrow')).toEqual([
			[`${FIRST} outcome:http_error`],
			[`${FIRST} duration:10ms..100ms`],
			['since:2026-11-23T10:01:00Z until:2026-11-23T10:02:00Z'],
		])
	})
})
