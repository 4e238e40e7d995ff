/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LocationQuery } from 'vue-router'
import type { SourceQuery } from '../api/sources.ts'
import type { SourceType } from '../api/types.ts'

import { listOf, textOf } from '../components/address.ts'
import { t } from '../l10n.ts'

export type SortKey = 'name' | 'type' | 'location' | 'lastCall' | 'enabled'
export type SourceState = 'enabled' | 'disabled'

const TYPES: SourceType[] = ['json', 'xml', 'soap', 'ftp']

/** The columns of the table; one can sort by each of them. */
export function sourceColumns(): { key: SortKey, label: string }[] {
	return [
		{ key: 'name', label: t('open_connector', 'Name') },
		{ key: 'type', label: t('open_connector', 'Type') },
		{ key: 'location', label: t('open_connector', 'Location') },
		{ key: 'lastCall', label: t('open_connector', 'Last result') },
		{ key: 'enabled', label: t('open_connector', 'Enabled') },
	]
}

/** What the list of sources is limited to and ordered by. It lives in the page's address. */
export interface SourceFilter {
	search: string
	types: SourceType[]
	state: SourceState | null
	sort: SortKey
	descending: boolean
}

/**
 * Anything unknown in the address is ignored.
 *
 * @param query the address' query
 */
export function fromAddress(query: LocationQuery): SourceFilter {
	const sort = textOf(query, 'sort')
	const key = sort.replace(/^-/, '')
	const column = sourceColumns().find((column) => column.key === key)
	const state = textOf(query, 'state')
	return {
		search: textOf(query, 'search'),
		types: listOf(query, 'type').filter((type): type is SourceType => TYPES.includes(type as SourceType)),
		state: state === 'enabled' || state === 'disabled' ? state : null,
		sort: column?.key ?? 'name',
		descending: column !== undefined && sort.startsWith('-'),
	}
}

/**
 * Defaults stay out of the address.
 *
 * @param filter what to put into the address
 */
export function toAddress(filter: SourceFilter): Record<string, string> {
	const sort = sortParameter(filter)
	return {
		...(filter.search ? { search: filter.search } : {}),
		...(filter.types.length > 0 ? { type: filter.types.join(',') } : {}),
		...(filter.state ? { state: filter.state } : {}),
		...(sort === 'name' ? {} : { sort }),
	}
}

/**
 * @param filter what to ask the API for
 */
export function toSourceQuery(filter: SourceFilter): SourceQuery {
	return {
		search: filter.search,
		type: filter.types,
		enabled: filter.state ? filter.state === 'enabled' : null,
		sort: sortParameter(filter),
	}
}

/**
 * @param filter order
 */
function sortParameter(filter: SourceFilter): string {
	return `${filter.descending ? '-' : ''}${filter.sort}`
}
