/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LocationQuery } from 'vue-router'

/**
 * One value of the address' query, as text.
 *
 * @param query the address' query
 * @param name which value
 */
export function textOf(query: LocationQuery, name: string): string {
	const value = query[name]
	return (Array.isArray(value) ? value[0] : value) ?? ''
}

/**
 * A comma list of the address' query.
 *
 * @param query the address' query
 * @param name which value
 */
export function listOf(query: LocationQuery, name: string): string[] {
	return textOf(query, name).split(',').filter((value) => value !== '')
}
