/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { anExchange, someTimings } from '../factories.ts'
import { failedPhase, PHASES, phaseTimes, share, waterfall } from './waterfall.ts'

const NOTHING = { blockedMs: null, dnsMs: null, connectMs: null, tlsMs: null, sendMs: null, waitMs: null, receiveMs: null }

describe('the phases of an exchange', () => {
	it('are those of HAR, with TLS taken out of the connection', () => {
		expect(phaseTimes(anExchange({ timings: someTimings({ connectMs: 30, tlsMs: 20 }) }))).toMatchObject({ connect: 10, tls: 20 })
		expect(phaseTimes(anExchange({ timings: someTimings({ connectMs: 30, tlsMs: null }) }))).toMatchObject({ connect: 30, tls: null })
	})

	it('did not happen where there is no time', () => {
		const [row] = waterfall([anExchange({ timings: someTimings({ dnsMs: null, connectMs: null, tlsMs: null }) })]).rows

		expect(row!.segments.map(({ phase }) => phase)).toEqual(['blocked', 'send', 'wait', 'receive'])
	})
})

describe('a waterfall', () => {
	it('puts each phase behind the one before', () => {
		const { rows, totalMs } = waterfall([anExchange({ durationMs: 84 })])

		expect(rows[0]!.segments.map(({ startMs }) => startMs)).toEqual([0, 1, 4, 14, 34, 35, 75])
		expect(totalMs).toBe(84)
	})

	it('begins with the first exchange, and shows the pause before a retry', () => {
		const { rows, totalMs } = waterfall([
			anExchange({ startedAt: '2026-11-23T12:00:00.000Z', durationMs: 84 }),
			anExchange({ kind: 'retry', startedAt: '2026-11-23T12:00:01.284Z', durationMs: 84, delayMs: 1200 }),
		])

		expect(rows[0]).toMatchObject({ startMs: 0, endMs: 84, pause: null })
		expect(rows[1]).toMatchObject({ startMs: 1284, endMs: 1368, pause: { startMs: 84, durationMs: 1200 } })
		expect(totalMs).toBe(1368)
	})

	it('begins with the pause, when the first exchange had to wait', () => {
		const { rows } = waterfall([anExchange({ startedAt: '2026-11-23T12:00:01Z', delayMs: 400 })])

		expect(rows[0]).toMatchObject({ startMs: 400, pause: { startMs: 0, durationMs: 400 } })
	})

	it('is silent about a pause that nobody notices', () => {
		expect(waterfall([anExchange({ delayMs: 3 })]).rows[0]).toMatchObject({ startMs: 3, pause: null })
	})

	it('keeps the order when the clock was set back', () => {
		const { rows } = waterfall([
			anExchange({ startedAt: '2026-11-23T12:00:01Z', durationMs: 84 }),
			anExchange({ startedAt: '2026-11-23T12:00:01.050Z', durationMs: 84 }),
		])

		expect(rows[1]!.startMs).toBe(84)
	})

	it.each([
		[84, [0, 50]],
		[1368, [0, 500, 1000]],
		[10_000, [0, 5000, 10_000]],
		[0.9, [0, 0.5]],
	])('of %d ms has round numbers on its axis', (durationMs, ticks) => {
		const exchange = anExchange({ durationMs, timings: NOTHING })

		expect(waterfall([exchange]).ticks.map((tick) => Number(tick.toFixed(6)))).toEqual(ticks)
	})

	it('of nothing is empty', () => {
		expect(waterfall([anExchange({ durationMs: 0, timings: NOTHING })])).toMatchObject({ totalMs: 0, ticks: [0], rows: [{ segments: [] }] })
		expect(share(0, 0)).toBe('0%')
	})
})

describe('the phase of a failure', () => {
	it.each([
		['name_not_resolved', 'dns'],
		['connect_timeout', 'connect'],
		['proxy_authentication_required', 'connect'],
		['tls_certificate_expired', 'tls'],
		['write_timeout', 'send'],
		['read_timeout', 'wait'],
		['tls_expected', 'wait'],
	])('%s is %s', (type, phase) => {
		const exchange = anExchange({ response: null, error: { type, message: '' }, timings: someTimings({ receiveMs: null }) })

		expect(failedPhase(exchange)).toBe(phase)
		expect(waterfall([exchange]).rows[0]!.segments.filter(({ isFailed }) => isFailed)).toMatchObject([{ phase }])
	})

	it('has the rest of the time, when nobody measured it', () => {
		const exchange = anExchange({
			durationMs: 5000,
			response: null,
			error: { type: 'name_not_resolved', message: '' },
			timings: { ...NOTHING, blockedMs: 10 },
		})

		expect(waterfall([exchange]).rows[0]!.segments.at(-1)).toEqual({ phase: 'dns', startMs: 10, durationMs: 4990, isFailed: true })
	})

	it('is none when there is none, or nothing was tried', () => {
		expect(failedPhase(anExchange())).toBeNull()
		expect(failedPhase(anExchange({ response: null, error: { type: 'egress_denied', message: '' }, timings: NOTHING }))).toBeNull()
		expect(PHASES).toHaveLength(7)
	})
})
