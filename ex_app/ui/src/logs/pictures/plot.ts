/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Statistics, StatisticsPoint } from '../../api/logStatistics.ts'

import { getCanonicalLocale } from '@nextcloud/l10n'

/** How calls end, from the bottom of a bar to its top: what is good is the ground that the rest stands on. */
export const OUTCOMES = ['success', 'http_error', 'auth_error', 'transport_error', 'refused'] as const
export type Outcome = typeof OUTCOMES[number]

const SECOND_MS = 1000
const DAY_MS = 86_400_000

/** The moments at the ends of a picture, in ms. */
export interface Span {
	from: number
	to: number
}

/** What is meant of a bar: the calls that ended in one way, or those of one row of the heat map. */
export type Part = { outcome: Outcome, row?: undefined } | { row: number, outcome?: undefined }

/** A part of a bar, in the unit of its numbers. */
export interface Segment {
	outcome: Outcome
	from: number
	to: number
}

/**
 * The time that all pictures share: whole bars, from the first to the end of the last.
 *
 * @param statistics what is shown
 */
export function spanOf(statistics: Statistics): Span {
	const { points, since, until, stepSeconds } = statistics
	const [first] = points
	const last = points.at(-1)
	return first && last
		? { from: Date.parse(first.at), to: Date.parse(last.at) + stepSeconds * SECOND_MS }
		: { from: Date.parse(since), to: Date.parse(until) }
}

/**
 * When bars begin and end, as far as they are within the time of the picture: the first begins before it, the last ends behind it.
 *
 * @param statistics what is shown
 * @param first index of the first bar
 * @param last index of the last bar
 */
export function timeOf(statistics: Statistics, first: number, last = first): { since: Date, until: Date } {
	const { points, since, until, stepSeconds } = statistics
	return {
		since: new Date(Math.max(Date.parse(points[first]!.at), Date.parse(since))),
		until: new Date(Math.min(Date.parse(points[last]!.at) + stepSeconds * SECOND_MS, Date.parse(until))),
	}
}

/**
 * @param point a bar
 */
export function callsOf(point: StatisticsPoint): number {
	const { outcomes } = point
	return Object.values(outcomes).reduce((sum, count) => sum + count, 0)
}

/**
 * The parts of a bar, one on top of the other.
 *
 * @param point a bar
 */
export function segmentsOf(point: StatisticsPoint): Segment[] {
	const { outcomes } = point
	let top = 0
	return OUTCOMES.flatMap((outcome) => {
		const count = outcomes[outcome] ?? 0
		const from = top
		top += count
		return count > 0 ? [{ outcome, from, to: top }] : []
	})
}

/**
 * What a bar can be narrowed to, from the top of the pictures to their bottom.
 *
 * @param point a bar
 */
export function partsOf(point: StatisticsPoint): Part[] {
	const outcomes = segmentsOf(point).map(({ outcome }) => ({ outcome }))
	const rows = point.heat.flatMap((count, row) => count > 0 ? [{ row }] : [])
	return [...outcomes.reverse(), ...rows.reverse()]
}

/**
 * The durations of a row of the heat map, in ms; the last row has no end.
 *
 * @param statistics what is shown
 * @param row which one
 */
export function rowRange(statistics: Statistics, row: number): { low: number | null, high: number | null } {
	const { heatBounds } = statistics
	return { low: heatBounds[row - 1] ?? null, high: row < heatBounds.length - 1 ? heatBounds[row]! : null }
}

/**
 * The end of an axis: the least of 1, 2 and 5 times a power of ten that holds everything.
 *
 * @param greatest of the values
 */
export function niceEnd(greatest: number): number {
	if (greatest <= 1) {
		return 1
	}
	const power = 10 ** Math.floor(Math.log10(greatest))
	return [1, 2, 5, 10].map((factor) => factor * power).find((end) => end >= greatest) ?? greatest
}

/**
 * Powers of ten around some durations: those of a log are too different for an even scale.
 *
 * @param values in ms
 */
export function decadesAround(values: number[]): { low: number, high: number } {
	const positive = values.filter((value) => value > 0)
	const low = Math.floor(Math.log10(Math.min(...positive, 1e9)))
	const high = Math.ceil(Math.log10(Math.max(...positive, 1e-9)))
	return positive.length === 0 ? { low: 0, high: 1 } : { low, high: Math.max(high, low + 1) }
}

/**
 * The rows of the heat map from the first to the last that has calls, and the durations that they begin and end at.
 *
 * @param statistics what is shown
 */
export function heatRows(statistics: Statistics): { first: number, last: number, low: number, high: number } {
	const { points, heatBounds } = statistics
	const used = heatBounds.flatMap((_, row) => points.some(({ heat }) => (heat[row] ?? 0) > 0) ? [row] : [])
	const first = used.at(0) ?? 0
	const last = used.at(-1) ?? Math.max(0, heatBounds.length - 1)
	return { first, last, low: heatBounds[first - 1] ?? 0, high: heatBounds[last] ?? 0 }
}

/**
 * Lines through values; where there is none, the line ends and begins anew.
 *
 * @param places of the values; null where there is none
 */
export function pathThrough(places: ({ x: number, y: number } | null)[]): string {
	return places.map((place, index) => {
		if (!place) {
			return ''
		}
		const before = places[index - 1]
		const next = places[index + 1]
		const point = `${place.x.toFixed(1)},${place.y.toFixed(1)}`
		// A line of no length is drawn with round ends: a value that stands alone is seen.
		return before ? `L${point}` : `M${point}${next ? '' : `L${point}`}`
	}).join('')
}

/**
 * Moments for the axis, even ones in the user's time zone, and as many as there is room for.
 *
 * @param span of the picture
 * @param most how many
 */
export function ticksOf(span: Span, most: number): number[] {
	const hour = 3_600_000
	const steps = [1, 2, 5, 10, 15, 30].map((minutes) => minutes * 60_000)
		.concat([1, 2, 3, 6, 12].map((hours) => hours * hour), [1, 2, 7, 14, 30, 91, 182, 365].map((days) => days * DAY_MS))
	const length = span.to - span.from
	const step = steps.find((wanted) => length / wanted <= most) ?? length
	const offset = new Date(span.from).getTimezoneOffset() * 60_000
	const ticks = []
	for (let tick = Math.ceil((span.from - offset) / step) * step + offset; tick < span.to; tick += step) {
		ticks.push(tick)
	}
	return ticks
}

/**
 * @param moment in ms
 * @param span of the picture; a day or less needs no dates
 */
export function tickLabel(moment: number, span: Span): string {
	const date = new Date(moment)
	const isMidnight = date.getHours() === 0 && date.getMinutes() === 0
	const isShort = span.to - span.from <= 1.5 * DAY_MS || !isMidnight
	const options: Intl.DateTimeFormatOptions = isShort ? { hour: '2-digit', minute: '2-digit' } : { day: 'numeric', month: 'short' }
	return new Intl.DateTimeFormat(getCanonicalLocale(), options).format(moment)
}

/**
 * From when to when, as short as it can be.
 *
 * @param since the beginning
 * @param until the end
 */
export function spanText(since: Date, until: Date): string {
	const isLong = until.getTime() - since.getTime() >= DAY_MS
	const options: Intl.DateTimeFormatOptions = isLong ? { dateStyle: 'medium', timeStyle: 'short' } : { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' }
	return new Intl.DateTimeFormat(getCanonicalLocale(), options).formatRange(since, until)
}
