/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { t } from '../l10n.ts'

/** What rows of names and values are: headers, parts of the address, or fields of a form. */
export type RowKind = 'headers' | 'query' | 'fields'

/**
 * @param kind what the rows are
 * @param position which row, from 1
 */
export function rowName(kind: RowKind, position: number): string {
	switch (kind) {
		case 'headers': return t('open_connector', 'header {position}', { position })
		case 'query': return t('open_connector', 'query parameter {position}', { position })
		case 'fields': return t('open_connector', 'parameter {position}', { position })
	}
}

/**
 * @param kind what the rows are
 */
export function addLabel(kind: RowKind): string {
	switch (kind) {
		case 'headers': return t('open_connector', 'Add header')
		case 'query': return t('open_connector', 'Add query parameter')
		case 'fields': return t('open_connector', 'Add parameter')
	}
}
