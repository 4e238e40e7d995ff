/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { countFields, entriesOf, filledValues, fitValues } from './formValues.ts'
import { aField, aGroup } from './samples.ts'

const order = aGroup('order', [
	aField('@id', { isRequired: true }),
	aField('note', { default: 'none' }),
	aGroup('line', [aField('article', { isRequired: true }), aField('amount')], { isRepeated: true }),
], { isRequired: true })

describe('values in the shape of a form', () => {
	it('come from an example, whose numbers become texts', () => {
		const example = { order: { '@id': 7, line: [{ article: 'A', amount: 2 }, { article: 'B' }] }, unknown: 'x' }

		expect(fitValues([order], example)).toEqual({
			order: { '@id': '7', note: '', line: [{ article: 'A', amount: '2' }, { article: 'B', amount: '' }] },
		})
	})

	it('are empty where nothing is known, with one of each list that must be there', () => {
		const list = aField('tag', { isRepeated: true, isRequired: true, default: 'new' })

		expect(fitValues([order, list, aField('alias', { isRepeated: true })], undefined)).toEqual({
			order: { '@id': '', note: '', line: [] },
			tag: ['new'],
			alias: [],
		})
	})

	it('that have another shape are left behind', () => {
		expect(fitValues([order], { order: 'text' })).toEqual({ order: { '@id': '', note: '', line: [] } })
		expect(fitValues([aField('name')], { name: { first: 'x' } })).toEqual({ name: '' })
		expect(fitValues([aField('name', { isRepeated: true })], { name: 'one' })).toEqual({ name: ['one'] })
	})

	it('hold one of those that exclude each other', () => {
		const fields = [aField('email', { oneOf: 'choice1' }), aField('phone', { oneOf: 'choice1' }), aField('name')]

		expect(fitValues(fields, { phone: '1', email: null })).toEqual({ phone: '1', name: '' })
		expect(fitValues(fields, {})).toEqual({ name: '' })
	})

	it('know nil where a field can be nil', () => {
		expect(fitValues([aField('a', { isNillable: true }), aField('b')], { a: null, b: null })).toEqual({ a: null, b: '' })
	})
})

describe('what is sent', () => {
	it('leaves out optional fields with nothing in them, and optional groups of such', () => {
		const address = aGroup('address', [aField('street', { isRequired: true }), aField('city')])

		expect(filledValues([order, address], { order: { '@id': '', note: '', line: [] }, address: { street: '', city: '' } })).toEqual({ order: { '@id': '' } })
	})

	it('keeps what a group needs once something of it is entered', () => {
		const address = aGroup('address', [aField('street', { isRequired: true }), aField('city')])

		expect(filledValues([address], { address: { street: '', city: 'Delft' } })).toEqual({ address: { street: '', city: 'Delft' } })
	})

	it('keeps the order and the gaps of a list', () => {
		expect(filledValues([aField('tag', { isRepeated: true })], { tag: ['a', '', 'b'] })).toEqual({ tag: ['a', '', 'b'] })
	})

	it('keeps nil, and groups that say something by being there', () => {
		const fields = [aField('end', { isNillable: true }), aGroup('urgent', []), aGroup('quiet', [])]

		expect(filledValues(fields, { end: null, urgent: {} })).toEqual({ end: null, urgent: {} })
	})
})

describe('the fields of a form', () => {
	it('are counted with those in groups', () => {
		expect(countFields([order, aField('x')])).toBe(7)
	})

	it('that exclude each other stand together, where the first is', () => {
		const fields = [aField('a', { oneOf: 'one' }), aField('b'), aField('c', { oneOf: 'one' })]

		expect(entriesOf(fields).map(({ field, choices }) => field?.name ?? choices?.map(({ name }) => name))).toEqual([['a', 'c'], 'b'])
	})
})
