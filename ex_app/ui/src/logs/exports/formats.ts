/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { ExportFormat } from '../../api/logExports.ts'

import { t } from '../../l10n.ts'

export const FORMATS: readonly ExportFormat[] = ['csv', 'ndjson', 'har']

/**
 * @param format of a file
 */
export function formatLabel(format: ExportFormat): string {
	switch (format) {
		case 'csv': return t('open_connector', 'CSV (a table, without bodies)')
		case 'ndjson': return t('open_connector', 'NDJSON (everything, a line for each call)')
		case 'har': return t('open_connector', 'HAR (for the network tools of a browser)')
	}
}
