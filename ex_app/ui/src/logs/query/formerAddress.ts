/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LocationQuery } from 'vue-router'

import { listOf, textOf } from '../../components/address.ts'
import { quoted, withTerm } from './terms.ts'
import { withPreset, withSpan } from './timeRange.ts'

/** What addresses of the page bore before there was a query language. Links to them are in tickets and chats. */
export const FORMER_PARAMETERS = ['source', 'status', 'method', 'trigger', 'range', 'since', 'until', 'q']

const RANGES = { hour: '1h', day: '24h', week: '7d' } as const

/**
 * The query that an earlier address means; null when it is not one.
 *
 * @param address the address' query
 * @param isScoped on the page of a source, where `source` meant nothing
 */
export function fromFormerAddress(address: LocationQuery, isScoped: boolean): string | null {
	if ('query' in address || !FORMER_PARAMETERS.some((name) => name in address)) {
		return null
	}
	const lists = ['source', 'status', 'method', 'trigger'].filter((name) => !isScoped || name !== 'source')
	let query = lists.reduce((text, name) => {
		const values = listOf(address, name)
		return values.length > 0 ? withTerm(text, `${name}:${values.map(quoted).join(',')}`) : text
	}, '')
	const text = textOf(address, 'q').trim()
	if (text !== '') {
		query = withTerm(query, `"${text.replace(/["\\]/g, '\\$&')}"`)
	}
	const range = RANGES[textOf(address, 'range') as keyof typeof RANGES]
	if (range) {
		return withPreset(query, range)
	}
	return withSpan(query, { since: moment(textOf(address, 'since')), until: moment(textOf(address, 'until')) })
}

/**
 * @param local date and time of a date field, in the user's time zone
 */
function moment(local: string): Date | null {
	const date = new Date(local)
	return Number.isNaN(date.getTime()) ? null : date
}
