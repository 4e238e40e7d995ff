/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { quoted, splitQuery, toggleSingle, toggleValue, valuesOf, withField, withoutFields, withTerm } from './terms.ts'

describe('the parts of a query', () => {
	it('are told apart by blanks outside of quotes', () => {
		expect(splitQuery('status:5xx  source:"a b" -"time out"').map(({ field, value, isNegated }) => [field, value, isNegated]))
			.toEqual([['status', '5xx', false], ['source', 'a b', false], [null, 'time out', true]])
	})

	it('have their places in the text', () => {
		const query = ' status:5xx "a \\" b" x'

		expect(splitQuery(query).map(({ start, end }) => query.slice(start, end))).toEqual(['status:5xx', '"a \\" b"', 'x'])
	})

	it('are there while a quote is still open', () => {
		expect(splitQuery('status:404 "time o').map(({ value }) => value)).toEqual(['404', '"time o'])
	})
})

describe('editing a query', () => {
	it('puts a further value to the part that is there, because parts must all hold', () => {
		expect(toggleValue('status:4xx "x"', 'status', 'none')).toBe('status:4xx,none "x"')
		expect(toggleValue('"x"', 'status', '4xx')).toBe('"x" status:4xx')
	})

	it('takes a value away, and the part with its last one', () => {
		expect(toggleValue('status:4xx,none', 'status', '4xx')).toBe('status:none')
		expect(toggleValue('a status:4xx b', 'status', '4xx')).toBe('a b')
	})

	it('leaves a negated part alone', () => {
		expect(toggleValue('-status:404', 'status', '4xx')).toBe('-status:404 status:4xx')
		expect(valuesOf('-status:404 status:5xx', 'status')).toEqual(['5xx'])
	})

	it('replaces what can be there but once', () => {
		expect(toggleSingle('duration:>1s x', 'duration', '>2s')).toBe('x duration:>2s')
		expect(toggleSingle('duration:>2s x', 'duration', '>2s')).toBe('x')
		expect(toggleSingle('is:error', 'is', 'pinned')).toBe('is:error is:pinned')
	})

	it('narrows to one value', () => {
		expect(withField('source:a,b -source:c x', 'source', 'd')).toBe('-source:c x source:d')
	})

	it('takes all parts of some fields out', () => {
		expect(withoutFields('last:1h x since:2026 -last:2h y', ['last', 'since'])).toBe('x y')
	})

	it('quotes what would be read as something else', () => {
		expect(['plain', 'a b', 'a,b', 'a"b', '-a', '$a', '', 'a\\b'].map(quoted)).toEqual(['plain', '"a b"', '"a,b"', '"a\\"b"', '"-a"', '"$a"', '""', 'a\\b'])
		expect(valuesOf(withTerm('', `source:${quoted('a, "b"')},c`), 'source')).toEqual(['a, "b"', 'c'])
	})
})
