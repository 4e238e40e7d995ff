/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { t } from '../l10n.ts'

/** The words of the search panel and of folding. */
export function editorWords(): Record<string, string> {
	return {
		Find: t('open_connector', 'Find'),
		Replace: t('open_connector', 'Replace'),
		next: t('open_connector', 'Next'),
		previous: t('open_connector', 'Previous'),
		all: t('open_connector', 'All'),
		'match case': t('open_connector', 'Match case'),
		'by word': t('open_connector', 'Whole words'),
		regexp: t('open_connector', 'Regular expression'),
		replace: t('open_connector', 'Replace'),
		'replace all': t('open_connector', 'Replace all'),
		close: t('open_connector', 'Close'),
		'Fold line': t('open_connector', 'Fold'),
		'Unfold line': t('open_connector', 'Unfold'),
		'folded code': t('open_connector', 'folded'),
		unfold: t('open_connector', 'Unfold'),
	}
}
