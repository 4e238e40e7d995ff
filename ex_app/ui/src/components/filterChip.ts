/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

/** A filter that is set, in words. */
export interface FilterChip {
	/** Which filter, and which of its values: "status:4xx" */
	key: string
	/** "Status: 4xx" */
	text: string
}
