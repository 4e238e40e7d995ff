/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LocationQuery } from 'vue-router'
import type { LogQuery } from '../api/logs.ts'

import { listOf, textOf } from '../components/address.ts'

export type Range = 'hour' | 'day' | 'week' | 'all' | 'custom'

const HOUR_MS = 3_600_000
const RANGE_MS: Partial<Record<Range, number>> = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 7 * 24 * HOUR_MS }

/** What the list of calls is limited to. It lives in the page's address. */
export interface LogFilter {
	/** Slugs or ids */
	sources: string[]
	/** Codes, classes such as 4xx, or error, success, none */
	statuses: string[]
	methods: string[]
	triggers: string[]
	range: Range
	/** Local date and time, of a custom range */
	since: string
	until: string
	/** Text in the URL of the call */
	text: string
}

export const NO_FILTER: LogFilter = { sources: [], statuses: [], methods: [], triggers: [], range: 'all', since: '', until: '', text: '' }

/**
 * @param query the address' query
 */
export function fromAddress(query: LocationQuery): LogFilter {
	const since = textOf(query, 'since')
	const until = textOf(query, 'until')
	const range = textOf(query, 'range')
	return {
		sources: listOf(query, 'source'),
		statuses: listOf(query, 'status'),
		methods: listOf(query, 'method'),
		triggers: listOf(query, 'trigger'),
		range: since || until || range === 'custom' ? 'custom' : range in RANGE_MS ? range as Range : 'all',
		since,
		until,
		text: textOf(query, 'q'),
	}
}

/**
 * Defaults stay out of the address.
 *
 * @param filter what to put into the address
 */
export function toAddress(filter: LogFilter): Record<string, string> {
	const isCustom = filter.range === 'custom'
	const entries = {
		source: filter.sources.join(','),
		status: filter.statuses.join(','),
		method: filter.methods.join(','),
		trigger: filter.triggers.join(','),
		range: filter.range === 'all' ? '' : filter.range,
		since: isCustom ? filter.since : '',
		until: isCustom ? filter.until : '',
		q: filter.text,
	}
	return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== ''))
}

/**
 * @param filter what to ask the API for
 * @param now what "the last hour" counts back from, in ms
 * @param sourceId the source whose page it is, if any
 */
export function toLogQuery(filter: LogFilter, now: number, sourceId?: string): LogQuery {
	const span = RANGE_MS[filter.range]
	return {
		source: sourceId ? [sourceId] : filter.sources,
		status: filter.statuses,
		method: filter.methods,
		trigger: filter.triggers,
		since: span ? new Date(now - span).toISOString() : filter.range === 'custom' ? toIso(filter.since) : null,
		until: filter.range === 'custom' ? toIso(filter.until) : null,
		q: filter.text,
	}
}

/**
 * @param local date and time of a date field, in the user's time zone
 */
function toIso(local: string): string | null {
	const moment = new Date(local)
	return Number.isNaN(moment.getTime()) ? null : moment.toISOString()
}
