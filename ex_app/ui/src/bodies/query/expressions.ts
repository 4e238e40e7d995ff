/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { APP_ID } from '../../appapi.ts'

export type QueryLanguage = 'jsonpath' | 'xpath'

const MAX_REMEMBERED = 10

/**
 * @param language what the expressions are written in
 */
function storageKey(language: QueryLanguage): string {
	return `${APP_ID}:expressions:${language}`
}

/**
 * What was evaluated last, the latest first.
 *
 * @param language what the expressions are written in
 */
export function recallExpressions(language: QueryLanguage): string[] {
	try {
		const stored = JSON.parse(localStorage.getItem(storageKey(language)) ?? '[]') as unknown
		return Array.isArray(stored) ? stored.filter((one) => typeof one === 'string').slice(0, MAX_REMEMBERED) : []
	} catch {
		return []
	}
}

/**
 * @param language what it is written in
 * @param expression what was evaluated
 * @return all that are remembered from now on
 */
export function rememberExpression(language: QueryLanguage, expression: string): string[] {
	const all = [expression, ...recallExpressions(language).filter((one) => one !== expression)].slice(0, MAX_REMEMBERED)
	try {
		localStorage.setItem(storageKey(language), JSON.stringify(all))
	} catch {
		// A full or forbidden storage costs the convenience only.
	}
	return all
}
