/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { sourceChips, withoutChip } from './sourceChips.ts'
import { fromAddress, toAddress, toSourceQuery } from './sourceFilter.ts'

describe('the filter of the sources', () => {
	it('survives the address', () => {
		const address = { search: 'zaak', type: 'json,soap,ftp', state: 'disabled', sort: '-lastCall' }

		expect(toAddress(fromAddress(address))).toEqual(address)
	})

	it('has defaults that stay out of the address', () => {
		expect(fromAddress({})).toEqual({ search: '', types: [], state: null, sort: 'name', descending: false })
		expect(toAddress(fromAddress({}))).toEqual({})
	})

	it('ignores what it does not know', () => {
		expect(toAddress(fromAddress({ type: 'telex,xml', state: 'tired', sort: '-shoeSize', other: '1' }))).toEqual({ type: 'xml' })
	})

	it('asks the API with comma lists and a sign for the direction', () => {
		expect(toSourceQuery(fromAddress({ type: 'json,xml', state: 'enabled', sort: '-name' }))).toEqual({ search: '', type: ['json', 'xml'], enabled: true, sort: '-name' })
		expect(toSourceQuery(fromAddress({})).enabled).toBeNull()
	})

	it('is told in chips, each of which can be taken out', () => {
		const filter = fromAddress({ search: 'a', type: 'json,xml', state: 'enabled' })
		const chips = sourceChips(filter)

		expect(chips.map(({ text }) => text)).toEqual(['Search: a', 'Type: JSON', 'Type: XML', 'State: enabled'])
		expect(chips.reduce(withoutChip, filter)).toMatchObject({ search: '', types: [], state: null })
		expect(withoutChip(filter, chips[1]!).types).toEqual(['xml'])
	})
})
