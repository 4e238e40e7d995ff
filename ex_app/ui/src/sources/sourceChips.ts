/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FilterChip } from '../components/filterChip.ts'
import type { SourceFilter } from './sourceFilter.ts'

import { t } from '../l10n.ts'
import { sourceTypeLabel } from './sourceTypes.ts'

/**
 * The filters that are set, in words.
 *
 * @param filter what the list is limited to
 */
export function sourceChips(filter: SourceFilter): FilterChip[] {
	return [
		...(filter.search ? [{ key: 'search', text: t('open_connector', 'Search: {text}', { text: filter.search }) }] : []),
		...filter.types.map((type) => ({ key: `type:${type}`, text: t('open_connector', 'Type: {type}', { type: sourceTypeLabel(type) }) })),
		...(filter.state ? [{ key: 'state', text: stateText(filter.state) }] : []),
	]
}

/**
 * @param filter what the list is limited to
 * @param chip the filter to take out
 */
export function withoutChip(filter: SourceFilter, chip: FilterChip): SourceFilter {
	const [name, value] = chip.key.split(':')
	return {
		...filter,
		search: name === 'search' ? '' : filter.search,
		types: name === 'type' ? filter.types.filter((type) => type !== value) : filter.types,
		state: name === 'state' ? null : filter.state,
	}
}

/**
 * @param state enabled or not
 */
function stateText(state: 'enabled' | 'disabled'): string {
	return state === 'enabled' ? t('open_connector', 'State: enabled') : t('open_connector', 'State: disabled')
}
