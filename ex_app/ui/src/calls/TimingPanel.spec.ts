/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import TimingPanel from './TimingPanel.vue'
import { aConnection, anExchange, someTimings } from '../factories.ts'

const REUSED = { timings: someTimings({ dnsMs: null, connectMs: null, tlsMs: null }), connection: aConnection({ isReused: true }) }

/**
 * @param exchanges all requests of a call
 * @param position which one is looked at
 */
function mountPanel(exchanges: ReturnType<typeof anExchange>[], position = 0) {
	return mount(TimingPanel, { props: { exchanges, position }, attachTo: document.body })
}

describe('the picture of the timing', () => {
	it('is one stop of the tab key, and the arrow keys go through it and tell the numbers', async () => {
		const panel = mountPanel([anExchange()])
		const segments = panel.findAll<HTMLElement>('[data-segment]')
		expect(segments.map((segment) => segment.attributes('tabindex'))).toEqual(['0', '-1', '-1', '-1', '-1', '-1', '-1'])

		segments[0]!.element.focus()
		await segments[0]!.trigger('keydown', { key: 'ArrowRight' })

		expect(document.activeElement).toBe(segments[1]!.element)
		expect(segments[1]!.attributes('tabindex')).toBe('0')
		expect(panel.get('figcaption').text()).toBe('1. request: 200 OK – DNS: 3 ms (from 1 ms to 4 ms)')

		await segments[1]!.trigger('keydown', { key: 'End' })
		expect(panel.get('figcaption').text()).toContain('Receive: 9 ms')
	})

	it('says in words what was waited for, what was reused and what failed', () => {
		const failed = { error: { type: 'read_timeout', message: '' }, response: null, timings: someTimings({ ...REUSED.timings, receiveMs: null }) }
		const panel = mountPanel([anExchange(), anExchange({ ...REUSED, ...failed, kind: 'retry', delayMs: 1200, startedAt: '2026-11-23T12:00:01.284Z' })])

		expect(panel.get('figure').text()).toContain('waited 1.2 s')
		expect(panel.get('figure').text()).toContain('connection reused')
		expect(panel.findAll('[data-segment]').at(-1)!.attributes('aria-label')).toContain('2. retry: Read timeout – Wait: failed after 40 ms')
	})
})

describe('the table of the timing', () => {
	it('has a row for each phase, whether it happened or not', () => {
		const panel = mountPanel([anExchange(), anExchange({ ...REUSED, kind: 'redirect' })], 1)
		const rows = panel.findAll('tbody tr').map((row) => [row.get('th').text().split(/\s/)[0], row.get('td').text()])

		expect(panel.get('h4').text()).toBe('2. redirect: 200 OK')
		expect(rows).toEqual([
			['Queued', '1 ms'],
			['DNS', 'connection reused'],
			['Connect', 'connection reused'],
			['TLS', 'connection reused'],
			['Send', '1 ms'],
			['Wait', '40 ms'],
			['Receive', '9 ms'],
		])
	})

	it('marks where it failed', () => {
		const panel = mountPanel([anExchange({ response: null, error: { type: 'tls_certificate_expired', message: '' } })])

		expect(panel.findAll('tbody tr').filter((row) => row.text().includes('failed here')).map((row) => row.get('th').text())).toEqual([expect.stringMatching(/^TLS/)])
	})
})
