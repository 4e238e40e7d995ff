/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { aListing, someEntries } from '../factories.ts'
import { entryAt, indexOf, listingOf, missingParts, PART_SIZE, withPart } from './listing.ts'
import { poolSize, ROW_HEIGHT, scrollTo, windowOf } from './window.ts'

const WANTED = { path: '/out', search: '', sort: 'name' } as const

describe('a directory of 100,000 entries', () => {
	const first = listingOf(WANTED, 0, aListing({ entries: someEntries(PART_SIZE), total: 100_000 }))

	it('is there at once, and fetches what comes into sight', () => {
		expect(first.total).toBe(100_000)
		expect(missingParts(first, 0, 30)).toEqual([])
		expect(missingParts(first, 190, 230)).toEqual([1])
		expect(missingParts(first, 99_990, 100_010)).toEqual([499])
		expect(entryAt(first, 250)).toBeNull()
	})

	it('takes its parts in any order', () => {
		const entries = someEntries(PART_SIZE, 99_800)
		const listing = withPart(first, 99_800, aListing({ entries, total: 100_000 }))

		expect(entryAt(listing, 99_801)).toBe(entries[1])
		expect(entryAt(listing, 0)).toBe(entryAt(first, 0))
		expect(indexOf(listing, entries[7]!.name)).toBe(99_807)
		expect(indexOf(listing, 'elsewhere')).toBe(-1)
	})

	it('that had to be read anew forgets its old parts', () => {
		const listing = withPart(first, 200, aListing({ listingId: '0190a5d0-0000-7000-8000-0000000000ff', total: 3 }))

		expect([...listing.parts.keys()]).toEqual([1])
		expect(listing.total).toBe(3)
	})
})

describe('the window', () => {
	it('holds few rows of many, and the room of the others', () => {
		const { first, last, before, after } = windowOf(100_000, 50_000 * ROW_HEIGHT, 800)

		expect(last - first).toBeLessThan(50)
		expect(first).toBeLessThanOrEqual(50_000)
		expect(before + (last - first) * ROW_HEIGHT + after).toBe(100_000 * ROW_HEIGHT)
	})

	it('never holds more rows than the pool has', () => {
		const lengths = [0, 1, 399, 801, 4000].flatMap((height) => [0, 1, 39, 40, 12_345].map((top) => {
			const { first, last } = windowOf(100_000, top, height)
			return last - first - poolSize(height)
		}))

		expect(Math.max(...lengths)).toBeLessThanOrEqual(0)
	})

	it('survives a list that has become short while it was scrolled', () => {
		expect(windowOf(3, 10_000, 800)).toEqual({ first: 0, last: 3, before: 0, after: 0 })
	})

	it('moves no further than it has to', () => {
		expect(scrollTo(0, 400, 400)).toBe(0)
		expect(scrollTo(12, 400, 400)).toBe(400)
		expect(scrollTo(20, 400, 400)).toBe(21 * ROW_HEIGHT - 400)
	})
})
