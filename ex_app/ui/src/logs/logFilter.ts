/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LocationQuery } from 'vue-router'
import type { LogQuery, LogSort } from '../api/logs.ts'

import { textOf } from '../components/address.ts'
import { fromFormerAddress } from './query/formerAddress.ts'

/** What the list of calls is limited to, and how it is ordered. It lives in the page's address. */
export interface LogFilter {
	/** In the query language */
	query: string
	sort: LogSort
}

export const NO_FILTER: LogFilter = { query: '', sort: '-time' }

const SORTS: readonly string[] = ['-time', 'time', '-duration', 'duration']

/**
 * @param address the address' query; one of an earlier version is understood, too
 * @param isScoped on the page of a source
 */
export function fromAddress(address: LocationQuery, isScoped = false): LogFilter {
	const sort = textOf(address, 'sort')
	return {
		query: fromFormerAddress(address, isScoped) ?? textOf(address, 'query').trim(),
		sort: SORTS.includes(sort) ? sort as LogSort : NO_FILTER.sort,
	}
}

/**
 * Defaults stay out of the address.
 *
 * @param filter what to put into the address
 */
export function toAddress(filter: LogFilter): Record<string, string> {
	return {
		...(filter.query !== '' ? { query: filter.query } : {}),
		...(filter.sort !== NO_FILTER.sort ? { sort: filter.sort } : {}),
	}
}

/**
 * @param filter what the list is limited to
 * @param sourceId the source whose page it is, if any
 */
export function toLogQuery(filter: LogFilter, sourceId?: string): LogQuery {
	return { query: filter.query, source: sourceId ? [sourceId] : [] }
}
