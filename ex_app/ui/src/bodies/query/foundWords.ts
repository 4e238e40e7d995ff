/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { formatNumber } from '../../components/format.ts'
import { t } from '../../l10n.ts'

interface Found {
	total: number
	/** `total` is all there is; else there are at least so many */
	isComplete: boolean
	/** As many as came */
	matches: unknown[]
}

/**
 * How much was found, and how much of that is shown.
 *
 * @param found what was found
 * @param name so many of what it is
 */
export function foundWords(found: Found, name: (count: number) => string): string {
	const { total, isComplete, matches } = found
	const words = isComplete ? name(total) : t('open_connector', 'At least {matches}', { matches: name(total) })
	return matches.length < total
		? t('open_connector', '{matches}, the first {count} are shown', { matches: words, count: formatNumber(matches.length) })
		: words
}
