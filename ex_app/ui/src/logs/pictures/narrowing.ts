/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Statistics } from '../../api/logStatistics.ts'
import type { Part } from './plot.ts'
import type { Bars } from './useBrush.ts'

import { valuesOf, withField, withTerm } from '../query/terms.ts'
import { withinSpan } from '../query/timeRange.ts'
import { rowRange, timeOf } from './plot.ts'

/**
 * Narrows a query to what was chosen of the pictures.
 *
 * @param query a query
 * @param statistics the pictures of it
 * @param bars the time
 * @param part what of it; null: everything
 */
export function narrowed(query: string, statistics: Statistics, bars: Bars, part: Part | null): string {
	const inTime = withinSpan(query, timeOf(statistics, bars.first, bars.last))
	if (!part) {
		return inTime
	}
	if (part.outcome) {
		return withField(inTime, 'outcome', part.outcome)
	}
	// One more condition: a row may be wider than what the query asks for already.
	const range = rangeTerm(rowRange(statistics, part.row))
	return valuesOf(inTime, 'duration').includes(range) ? inTime : withTerm(inTime, `duration:${range}`)
}

/**
 * @param range in ms
 * @param range.low where it begins
 * @param range.high where it ends
 */
function rangeTerm({ low, high }: ReturnType<typeof rowRange>): string {
	const [from, to] = [low, high].map((bound) => bound === null ? '' : bound % 1000 === 0 ? `${bound / 1000}s` : `${bound}ms`)
	return from && to ? `${from}..${to}` : from ? `>${from}` : `<=${to}`
}
