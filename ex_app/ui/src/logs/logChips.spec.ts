/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { placedTerms, termChips } from './logChips.ts'
import { splitQuery, withoutSpan } from './query/terms.ts'

/**
 * @param query what to tell in words
 */
function wordsOf(query: string) {
	return termChips(query, splitQuery(query), (slug) => slug.toUpperCase()).map(({ text }) => text)
}

describe('the chips of a query', () => {
	it('are its parts in words', () => {
		expect(wordsOf('source:parcels,crm status:4xx,none method:get trigger:authorization duration:>2s last:24h is:pinned "time out"'))
			.toEqual(['Source: PARCELS, CRM', 'Status: 4xx, No answer', 'Method: GET', 'Trigger: Token', 'Duration: >2s', 'Last 24 hours', 'Kept for ever', '"time out"'])
	})

	it('name everything that makes calls', () => {
		expect(wordsOf('trigger:description,endpoint,job,synchronization,command'))
			.toEqual(['Trigger: API description, Endpoint, Background job, Synchronization, Command line'])
	})

	it('say what must not be', () => {
		expect(wordsOf('-method:GET -timeout')).toEqual(['not Method: GET', 'not timeout'])
	})

	it('show what they have no words for as it is', () => {
		expect(wordsOf('$.error.code=42 last:90m')).toEqual(['$.error.code=42', 'last:90m'])
	})

	it('cut their own part out of the query, behind an emoji too', () => {
		const query = '"🎉 ok" status:404 -method:GET'
		// As the server counts: the emoji is one character.
		const terms = placedTerms(query, [
			{ start: 0, end: 6, field: null, value: '🎉 ok', isNegated: false },
			{ start: 7, end: 17, field: 'status', value: '404', isNegated: false },
			{ start: 18, end: 29, field: 'method', value: 'GET', isNegated: true },
		])
		const chips = termChips(query, terms, String)

		expect(chips.map((chip) => withoutSpan(query, chip))).toEqual(['status:404 -method:GET', '"🎉 ok" -method:GET', '"🎉 ok" status:404'])
	})
})
