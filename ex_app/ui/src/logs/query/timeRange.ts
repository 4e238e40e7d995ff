/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { formatDateTime } from '../../components/format.ts'
import { t } from '../../l10n.ts'
import { splitQuery, withoutFields, withTerm } from './terms.ts'

/** A time to look at: one of the usual ones, all of it, or from a moment to another. */
export type Preset = '1h' | '24h' | '7d' | '30d'
export type RangeChoice = Preset | 'all' | 'custom'

export interface TimeSpan {
	since: Date | null
	until: Date | null
}

const PRESETS: readonly string[] = ['1h', '24h', '7d', '30d']
const TIME_FIELDS = ['last', 'since', 'until']

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
	const terms = splitQuery(query)
	const moment = (name: string) => {
		const date = new Date(terms.find(({ field }) => field === name)?.value ?? '')
		return Number.isNaN(date.getTime()) ? null : date
	}
	return { since: moment('since'), until: moment('until') }
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
 * @param query a query
 * @param span from when, and until when
 */
export function withSpan(query: string, span: TimeSpan): string {
	const rest = withoutFields(query, TIME_FIELDS)
	const parts = [['since', span.since], ['until', span.until]] as const
	return parts.reduce((text, [name, date]) => date ? withTerm(text, `${name}:${iso(date)}`) : text, rest)
}

/**
 * A moment in words, or whatever is in the query instead.
 *
 * @param value of `since:` or `until:`
 */
export function momentText(value: string): string {
	return /^\d{4}-\d\d-\d\d/.test(value) && !Number.isNaN(new Date(value).getTime()) ? formatDateTime(value) : value
}

/**
 * To the second, which is what one reads; milliseconds only where they are.
 *
 * @param date a moment
 */
function iso(date: Date): string {
	return date.toISOString().replace('.000Z', 'Z')
}
