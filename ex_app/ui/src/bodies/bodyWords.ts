/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Body } from '../api/types.ts'
import type { Way } from './ways.ts'

import { formatBytes } from '../components/format.ts'
import { t } from '../l10n.ts'

/**
 * The charset of a text and how it is known: "ISO-8859-1, detected"; null where there is none.
 *
 * @param facts what is known of a body
 */
export function charsetWords(facts: Pick<Body, 'charset' | 'charsetFrom'>): string | null {
	if (facts.charset === null) {
		return null
	}
	const name = facts.charset.toUpperCase()
	switch (facts.charsetFrom) {
		case 'detected': return name === 'UTF-8' ? name : t('open_connector', '{charset}, detected', { charset: name })
		case 'bom': return t('open_connector', '{charset}, by its byte order mark', { charset: name })
		case 'declaration': return t('open_connector', '{charset}, by its declaration', { charset: name })
		default: return name
	}
}

/**
 * What the page does not show of a long body.
 *
 * @param body a body
 * @param loaded how many bytes of it the page has
 * @param ways how it can be looked at
 */
export function notShownWords(body: Body, loaded: number, ways: Way[]): string {
	const sizes = { loaded: formatBytes(loaded), size: formatBytes(body.keptSize) }
	return ways.includes('tree')
		? t('open_connector', 'The first {loaded} of {size} are shown. Tree, search and query work on all of it.', sizes)
		: t('open_connector', 'The first {loaded} of {size} are shown. Search works on all of it.', sizes)
}
