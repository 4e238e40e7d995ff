/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { RecordPage } from '../../api/bodies.ts'

/**
 * What is shown of the records, as CSV (RFC 4180) with a line of names.
 *
 * @param page some of the records
 */
export function recordsCsv(page: RecordPage): string {
	const lines = [page.columns, ...page.rows.map((row) => row.map((cell) => cell === null || cell.kind === 'null' ? '' : cell.text))]
	return lines.map((line) => line.map(quoted).join(',') + '\r\n').join('')
}

/**
 * @param value of a cell
 */
function quoted(value: string): string {
	return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}
