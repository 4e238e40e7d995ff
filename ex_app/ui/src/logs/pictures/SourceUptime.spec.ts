/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Uptime } from '../../api/logStatistics.ts'

import { flushPromises, mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { createMemoryHistory, createRouter } from 'vue-router'
import SourceUptime from './SourceUptime.vue'
import { readUptime } from '../../api/logStatistics.ts'

vi.mock('../../api/logStatistics.ts', () => ({ readUptime: vi.fn() }))

const uptime: Uptime = {
	sourceId: 'a',
	days: ['2026-11-21', '2026-11-22', '2026-11-23'].map((day) => ({ day, calls: 2, errors: 0 })),
	calls: 6,
	errors: 0,
	errorRate: 0,
	latency: { p50Ms: 1, p95Ms: 2, p99Ms: 3 },
}

/** The bar on the page of its source. */
async function show() {
	vi.mocked(readUptime).mockResolvedValue(uptime)
	const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/sources/:source/:tab', name: 'source', component: { template: '' } }] })
	await router.push('/sources/parcels/logs?query=status:404&sort=time')
	const bar = mount(SourceUptime, { props: { sourceId: 'a' }, global: { plugins: [router] }, attachTo: document.body })
	await flushPromises()
	return { bar, router }
}

describe('the days of a source', () => {
	it('open the log of the source on that day', async () => {
		const { bar, router } = await show()
		await bar.findAll('a')[1]!.trigger('click')
		await flushPromises()

		expect(router.currentRoute.value).toMatchObject({
			path: '/sources/parcels/logs',
			query: { query: 'since:2026-11-22T00:00:00Z until:2026-11-23T00:00:00Z' },
		})
	})

	it('are one stop of the Tab key, and the arrow keys go on from there', async () => {
		const { bar } = await show()
		const reachable = () => bar.findAll('a').map((day) => day.attributes('tabindex'))
		expect(reachable()).toEqual(['-1', '-1', '0'])

		await bar.get('ol').trigger('keydown', { key: 'ArrowLeft' })
		expect(reachable()).toEqual(['-1', '0', '-1'])
		expect(document.activeElement).toBe(bar.findAll('a')[1]!.element)
		await bar.get('ol').trigger('keydown', { key: 'Home' })
		expect(reachable()).toEqual(['0', '-1', '-1'])
	})
})
