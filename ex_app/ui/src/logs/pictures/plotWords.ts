/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Statistics, StatisticsPoint } from '../../api/logStatistics.ts'
import type { Part } from './plot.ts'
import type { Bars } from './useBrush.ts'

import { outcomeWords } from '../../calls/outcome.ts'
import { formatBytes, formatDuration, formatNumber } from '../../components/format.ts'
import { n, t } from '../../l10n.ts'
import { callsOf, OUTCOMES, rowRange, spanText, timeOf } from './plot.ts'

/**
 * The whole of the pictures in a line.
 *
 * @param statistics what is shown
 */
export function summaryWords(statistics: Statistics): string {
	const { calls, errors, bytes, latency } = statistics
	const percent = formatNumber(calls > 0 ? 100 * errors / calls : 0, 1)
	return [
		n('open_connector', '{count} call', '{count} calls', calls, { count: formatNumber(calls) }),
		n('open_connector', '{count} error ({percent} %)', '{count} errors ({percent} %)', errors, { count: formatNumber(errors), percent }),
		...(latency.p95Ms === null ? [] : [t('open_connector', 'p95 {duration}', { duration: formatDuration(latency.p95Ms) })]),
		...(bytes > 0 ? [t('open_connector', '{size} received', { size: formatBytes(bytes) })] : []),
	].join(' · ')
}

/**
 * Some bars in a line.
 *
 * @param statistics what is shown
 * @param bars which ones
 * @param part this of the first of them
 */
export function barWords(statistics: Statistics, bars: Bars, part: Part | null = null): string {
	const { first, last } = bars
	const { since, until } = timeOf(statistics, first, last)
	const points = statistics.points.slice(first, last + 1)
	if (part) {
		return [spanText(since, until), ...partWords(statistics, points[0]!, part)].join(' · ')
	}
	const calls = points.reduce((sum, point) => sum + callsOf(point), 0)
	const outcomes = OUTCOMES.flatMap((outcome) => {
		const count = points.reduce((sum, point) => sum + (point.outcomes[outcome] ?? 0), 0)
		return count > 0 ? [`${outcomeWords(outcome)} ${formatNumber(count)}`] : []
	})
	const { p50Ms, p95Ms, p99Ms } = points[0]!.latency
	// Percentiles of several bars cannot be had from those of each.
	const latency = first === last && p50Ms !== null && p95Ms !== null && p99Ms !== null
		? [['p50', p50Ms], ['p95', p95Ms], ['p99', p99Ms]].map(([name, value]) => `${name} ${formatDuration(value as number)}`)
		: []
	return [
		spanText(since, until),
		n('open_connector', '{count} call', '{count} calls', calls, { count: formatNumber(calls) }),
		...outcomes,
		...latency,
	].join(' · ')
}

/**
 * @param statistics what is shown
 * @param point a bar
 * @param part of it
 */
function partWords(statistics: Statistics, point: StatisticsPoint, part: Part): string[] {
	if (part.outcome) {
		return [`${outcomeWords(part.outcome)} ${formatNumber(point.outcomes[part.outcome] ?? 0)}`]
	}
	const { low, high } = rowRange(statistics, part.row)
	const [from, to] = [low, high].map((bound) => bound === null ? '' : formatDuration(bound))
	const count = point.heat[part.row] ?? 0
	return [
		from && to ? `${from} – ${to}` : from ? `> ${from}` : `≤ ${to}`,
		n('open_connector', '{count} call', '{count} calls', count, { count: formatNumber(count) }),
	]
}

/**
 * Where the numbers come from.
 *
 * @param statistics what is shown
 */
export function originWords(statistics: Statistics): string {
	const { origin, calls, sampleSize, since, until } = statistics
	const time = spanText(new Date(since), new Date(until))
	switch (origin) {
		case 'rollups': return t('open_connector', '{time}; calls that were removed since are counted, too.', { time })
		case 'sample': return t('open_connector', '{time}; estimated from {sample} of about {count} calls.', { time, sample: formatNumber(sampleSize ?? 0), count: formatNumber(calls) })
		default: return t('open_connector', '{time}; counted from the calls that are kept.', { time })
	}
}
