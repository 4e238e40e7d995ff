/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Pagination } from '../api/types.ts'

import { t } from '../l10n.ts'

export type PaginationType = Pagination['type']

/** What each way of paging is called, and what it means, in the order of the list. */
export function paginationTypes(): { value: PaginationType, label: string, help: string }[] {
	return [
		{ value: 'next_link', label: t('open_connector', 'Link in the answer'), help: t('open_connector', 'The answer holds the address of the next page.') },
		{ value: 'link_header', label: t('open_connector', 'Link header'), help: t('open_connector', 'The header Link names the next page (RFC 8288).') },
		{ value: 'page', label: t('open_connector', 'Page number'), help: t('open_connector', 'A parameter counts the pages, until one is empty.') },
		{ value: 'offset', label: t('open_connector', 'Offset'), help: t('open_connector', 'A parameter says how many records to pass over.') },
		{ value: 'cursor', label: t('open_connector', 'Cursor'), help: t('open_connector', 'The answer holds a text that asks for the next page.') },
		{ value: 'odata', label: t('open_connector', 'OData'), help: t('open_connector', 'The answer holds the next page as @odata.nextLink.') },
	]
}

/**
 * What a setting means, in a few words.
 *
 * @param pagination the setting
 */
export function paginationLabel(pagination: Pagination): string {
	const label = paginationTypes().find(({ value }) => value === pagination.type)!.label
	const where = [pagination.position, pagination.parameter].filter(Boolean).join(' → ')
	return where ? t('open_connector', '{kind}: {where}', { kind: label, where }) : label
}

/**
 * A setting of another kind that keeps what both have.
 *
 * @param type the kind
 * @param former what was set before
 */
export function paginationOf(type: PaginationType, former: Pagination | null): Pagination {
	const isCounted = type === 'page' || type === 'offset'
	const parameter = { page: 'page', offset: 'offset', cursor: 'cursor' }[type as string] ?? ''
	return {
		type,
		position: type === 'next_link' ? 'next' : type === 'cursor' ? 'nextCursor' : '',
		parameter,
		sizeParameter: isCounted || type === 'cursor' ? former?.sizeParameter ?? '' : '',
		size: isCounted || type === 'cursor' ? former?.size ?? null : null,
		first: type === 'page' ? former?.first ?? 1 : 1,
		maxPages: former?.maxPages ?? 50,
	}
}
