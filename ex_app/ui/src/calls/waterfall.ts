/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Exchange } from '../api/types.ts'

/** In the order in which they happen. `connect` is TCP alone: TLS is a phase of its own here. */
export const PHASES = ['blocked', 'dns', 'connect', 'tls', 'send', 'wait', 'receive'] as const
export type Phase = typeof PHASES[number]

/** Times are ms; those of starts and ends count from the start of the call. */
export interface Segment {
	phase: Phase
	startMs: number
	durationMs: number
	/** The exchange ended here without success */
	isFailed: boolean
}

export interface WaterfallRow {
	startMs: number
	endMs: number
	/** What was waited before this attempt, when it is worth a word */
	pause: { startMs: number, durationMs: number } | null
	segments: Segment[]
	isReused: boolean
}

export interface Waterfall {
	totalMs: number
	rows: WaterfallRow[]
	/** Where the axis bears a label */
	ticks: number[]
}

const MAX_TICKS = 4
/** A shorter pause is what it takes to ask the rate limit, and nobody waited. */
const NOTABLE_PAUSE_MS = 50

/** What the name of an error says about its phase; else it is the last one that was reached. */
const ERROR_PHASES: [RegExp, Phase][] = [
	[/^pool_timeout$/, 'blocked'],
	[/^(name_not_resolved|dns_timeout)$/, 'dns'],
	[/^(connection_refused|host_unreachable|connect_timeout|connection_failed|proxy_.*)$/, 'connect'],
	[/^tls_(?!expected$)/, 'tls'],
	[/^write_timeout$/, 'send'],
]

/**
 * All exchanges of a call on one axis.
 *
 * @param exchanges in their order
 */
export function waterfall(exchanges: Exchange[]): Waterfall {
	const origin = Math.min(...exchanges.map(({ startedAt, delayMs }) => Date.parse(startedAt) - delayMs))
	const rows: WaterfallRow[] = []
	for (const exchange of exchanges) {
		// One exchange follows the other. A clock that was set meanwhile, or moments cut to whole ms, must not say otherwise.
		const earliest = (rows.at(-1)?.endMs ?? 0) + exchange.delayMs
		rows.push(rowOf(exchange, Math.max(earliest, Date.parse(exchange.startedAt) - origin)))
	}
	const totalMs = Math.max(0, ...rows.map(({ endMs }) => endMs))
	return { totalMs, rows, ticks: ticksOf(totalMs) }
}

/**
 * What each phase took; null where it did not happen.
 *
 * @param exchange one exchange
 */
export function phaseTimes(exchange: Exchange): Record<Phase, number | null> {
	const { blockedMs, dnsMs, connectMs, tlsMs, sendMs, waitMs, receiveMs } = exchange.timings
	return {
		blocked: blockedMs,
		dns: dnsMs,
		// As in HAR, the time of the connection contains that of TLS.
		connect: connectMs === null ? null : Math.max(0, connectMs - (tlsMs ?? 0)),
		tls: tlsMs,
		send: sendMs,
		wait: waitMs,
		receive: receiveMs,
	}
}

/**
 * The phase in which an exchange failed; null when it did not, or before anything happened.
 *
 * @param exchange one exchange
 */
export function failedPhase(exchange: Exchange): Phase | null {
	if (!exchange.error) {
		return null
	}
	const { type } = exchange.error
	const named = ERROR_PHASES.find(([pattern]) => pattern.test(type))?.[1]
	const times = phaseTimes(exchange)
	return named ?? PHASES.findLast((phase) => times[phase] !== null) ?? null
}

/**
 * Whether a pause before an exchange is worth a word.
 *
 * @param exchange one exchange
 */
export function hasPause(exchange: Exchange): boolean {
	return exchange.delayMs >= NOTABLE_PAUSE_MS
}

/**
 * @param exchange one exchange
 * @param startMs when it started
 */
function rowOf(exchange: Exchange, startMs: number): WaterfallRow {
	const times = phaseTimes(exchange)
	const failed = failedPhase(exchange)
	const segments: Segment[] = []
	let at = startMs
	for (const phase of PHASES) {
		const isFailed = phase === failed
		const durationMs = times[phase] ?? (isFailed ? Math.max(0, startMs + exchange.durationMs - at) : null)
		if (durationMs !== null) {
			segments.push({ phase, startMs: at, durationMs, isFailed })
			at += durationMs
		}
	}
	const pause = hasPause(exchange) ? { startMs: startMs - exchange.delayMs, durationMs: exchange.delayMs } : null
	return { startMs, endMs: Math.max(at, startMs + exchange.durationMs), pause, segments, isReused: exchange.connection?.isReused ?? false }
}

/**
 * Round numbers, from 0, as many as fit.
 *
 * @param totalMs the length of the axis
 */
function ticksOf(totalMs: number): number[] {
	if (totalMs <= 0) {
		return [0]
	}
	const magnitude = 10 ** Math.floor(Math.log10(totalMs / MAX_TICKS))
	const step = [1, 2, 5, 10].map((factor) => factor * magnitude).find((candidate) => totalMs / candidate <= MAX_TICKS)!
	return Array.from({ length: Math.floor(totalMs / step) + 1 }, (_, index) => index * step)
}

/**
 * A moment or a length on the axis, for a style sheet.
 *
 * @param ms a moment or a length
 * @param totalMs the length of the axis
 */
export function share(ms: number, totalMs: number): string {
	return totalMs > 0 ? `${Math.min(100, 100 * ms / totalMs)}%` : '0%'
}
