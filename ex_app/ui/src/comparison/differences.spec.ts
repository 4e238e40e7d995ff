/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyComparison, Comparison, Difference } from './comparisonApi.ts'

import { describe, expect, it } from 'vitest'
import { bodyWords, countsOf, entryIdIn, markedPair, readableFact } from './differences.ts'

const ID = '0190a5d0-0000-7000-8000-000000000001'

/**
 * @param change what happened
 * @param path where
 */
function place(change: Difference['change'], path = '$.a'): Difference {
	return { path, change, base: '1', other: '2' }
}

/**
 * @param changes what the case is about
 */
function bodies(changes: Partial<BodyComparison> = {}): BodyComparison {
	return { kind: 'json', isSame: true, isTruncated: false, note: null, differences: [], ...changes }
}

/**
 * @param changes what the case is about
 */
function comparison(changes: Partial<Comparison>): Comparison {
	return { facts: [], requestHeaders: [], responseHeaders: [], requestBody: bodies(), responseBody: bodies(), ignored: [], ...changes } as unknown as Comparison
}

describe('the entry that was pasted', () => {
	it.each([
		ID,
		` ${ID.toUpperCase()} `,
		`https://cloud.example/index.php/apps/app_api/embedded/open_connector/main/logs/${ID}?query=status%3A5xx`,
		`https://cloud.example/main/sources/parcels/logs?query=id:0190a5d0-0000-7000-8000-0000000000ff&entry=${ID}`,
	])('is found in %s', (text) => {
		expect(entryIdIn(text)).toBe(ID)
	})

	it.each(['', 'abc', 'https://cloud.example/logs', '0190a5d0-0000-7000'])('is not found in “%s”', (text) => {
		expect(entryIdIn(text)).toBeNull()
	})
})

describe('the count of differences', () => {
	it('leaves out what is the same and how long it took', () => {
		const found = comparison({
			facts: [place('changed', 'durationMs'), place('changed', 'statusCode'), place('same', 'method')],
			responseHeaders: [place('ignored'), place('added')],
			responseBody: bodies({ isSame: false, differences: [place('removed'), place('ignored'), place('same')] }),
		})
		expect(countsOf(found)).toEqual({ different: 3, ignored: 2 })
	})

	it('counts bodies that differ without a place', () => {
		expect(countsOf(comparison({ responseBody: bodies({ kind: 'binary', isSame: false }) })).different).toBe(1)
	})
})

describe('the marked parts', () => {
	it('are what is not common at the ends', () => {
		expect(markedPair('page=1&x', 'page=22&x')).toEqual([
			{ before: 'page=', marked: '1', after: '&x' },
			{ before: 'page=', marked: '22', after: '&x' },
		])
	})

	it('do not overlap', () => {
		expect(markedPair('aa', 'aaa')).toEqual([{ before: 'aa', marked: '', after: '' }, { before: 'aa', marked: 'a', after: '' }])
	})

	it('cut no character in half', () => {
		expect(markedPair('😀', '😁')[0].marked).toBe('😀')
	})
})

describe('words', () => {
	it('say that nothing differs', () => {
		expect(bodyWords(bodies())).toBe('The same.')
		expect(bodyWords(bodies({ differences: [place('ignored')] }))).toContain('ignored')
		expect(bodyWords(bodies({ kind: 'none' }))).toContain('Neither')
		expect(bodyWords(bodies({ kind: 'binary', isSame: false }))).toContain('different')
	})

	it('show sizes as such', () => {
		expect(readableFact({ path: 'responseSize', change: 'changed', base: '2048', other: null })).toMatchObject({ base: '2 KiB', other: null })
	})
})
