/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { formatDateTime } from '../../components/format.ts'
import { t } from '../../l10n.ts'
import { splitQuery, withoutFields, withoutSpan, withTerm } from './terms.ts'

/** A time to look at: one of the usual ones, all of it, or from a moment to another. */
export type Preset = '1h' | '24h' | '7d' | '30d'
export type RangeChoice = Preset | 'all' | 'custom'

export interface TimeSpan {
	since: Date | null
	until: Date | null
}

const PRESETS: readonly string[] = ['1h', '24h', '7d', '30d']
const TIME_FIELDS = ['last', 'since', 'until']
/** What sets each end of a time */
const END_FIELDS = { since: ['last', 'since'], until: ['until'] } as const
const ISO = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)(Z|[+-]\d\d:\d\d)?)?$/i

/** The times to choose from. */
export function rangeOptions(): { value: RangeChoice, label: string }[] {
	return [
		{ value: 'all', label: t('open_connector', 'All times') },
		...PRESETS.map((preset) => ({ value: preset as Preset, label: lastLabel(preset)! })),
		{ value: 'custom', label: t('open_connector', 'From … to …') },
	]
}

/**
 * @param value of `last:`
 */
export function lastLabel(value: string): string | null {
	switch (value) {
		case '1h': return t('open_connector', 'Last hour')
		case '24h': return t('open_connector', 'Last 24 hours')
		case '7d': return t('open_connector', 'Last 7 days')
		case '30d': return t('open_connector', 'Last 30 days')
		default: return null
	}
}

/**
 * Which of the choices a query is limited to.
 *
 * @param query a query
 */
export function rangeOf(query: string): RangeChoice {
	const times = splitQuery(query).filter(({ field }) => field !== null && TIME_FIELDS.includes(field))
	if (times.length === 0) {
		return 'all'
	}
	const [only] = times
	return times.length === 1 && only!.field === 'last' && PRESETS.includes(only!.value) ? only!.value as Preset : 'custom'
}

/**
 * The moments that a query is limited to; null where it names none that is whole.
 *
 * @param query a query
 */
export function spanOf(query: string): TimeSpan {
	const moments = (name: string) => splitQuery(query)
		.filter(({ field, isNegated }) => field === name && !isNegated)
		.flatMap(({ value }) => momentOf(value) ?? [])
	// Parts of a query must all hold.
	return { since: latest(moments('since')), until: earliest(moments('until')) }
}

/**
 * @param query a query
 * @param preset one of the usual times, or all of it
 */
export function withPreset(query: string, preset: Preset | 'all'): string {
	const rest = withoutFields(query, TIME_FIELDS)
	return preset === 'all' ? rest : withTerm(rest, `last:${preset}`)
}

/**
 * Sets the ends of the time of a query; one that is not named here stays as it is.
 *
 * @param query a query
 * @param ends from when, until when; null takes the end away
 */
export function withSpan(query: string, ends: Partial<TimeSpan>): string {
	return (['since', 'until'] as const).reduce((text, end) => {
		const moment = ends[end]
		if (moment === undefined) {
			return text
		}
		const rest = withoutEnd(text, END_FIELDS[end])
		return moment ? withTerm(rest, `${end}:${iso(moment)}`) : rest
	}, query.trim())
}

/**
 * Narrows a query to a time: no end of its own moves outwards.
 *
 * @param query a query
 * @param span from when, and until when
 * @param span.since from when
 * @param span.until until when
 */
export function withinSpan(query: string, span: { since: Date, until: Date }): string {
	const { since, until } = spanOf(query)
	return withSpan(query, { since: latest([span.since, ...since ? [since] : []]), until: earliest([span.until, ...until ? [until] : []]) })
}

/**
 * A moment in words, or whatever is in the query instead.
 *
 * @param value of `since:` or `until:`
 */
export function momentText(value: string): string {
	const moment = momentOf(value)
	return moment ? formatDateTime(moment.toISOString()) : value
}

/**
 * A time that is whole; without a zone it is in UTC, as the server reads it. Null where it is relative to now, or none.
 *
 * @param value of `since:` or `until:`
 */
function momentOf(value: string): Date | null {
	const [, day, clock = '00:00', zone = 'Z'] = ISO.exec(value.trim()) ?? []
	const moment = new Date(`${day}T${clock}${zone.toUpperCase()}`)
	return Number.isNaN(moment.getTime()) ? null : moment
}

/**
 * What is negated sets the other end, so it stays.
 *
 * @param query a query
 * @param fields names of fields
 */
function withoutEnd(query: string, fields: readonly string[]): string {
	const term = splitQuery(query).findLast(({ field, isNegated }) => field !== null && !isNegated && fields.includes(field))
	return term ? withoutEnd(withoutSpan(query, term), fields) : query
}

/**
 * @param moments any number of them
 */
function latest(moments: Date[]): Date | null {
	return moments.reduce<Date | null>((found, moment) => found && found > moment ? found : moment, null)
}

/**
 * @param moments any number of them
 */
function earliest(moments: Date[]): Date | null {
	return moments.reduce<Date | null>((found, moment) => found && found < moment ? found : moment, null)
}

/**
 * To the second, which is what one reads; milliseconds only where they are.
 *
 * @param date a moment
 */
function iso(date: Date): string {
	return date.toISOString().replace('.000Z', 'Z')
}
