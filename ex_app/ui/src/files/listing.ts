/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FileEntry, ListingPart, ListingSort } from '../api/files.ts'

/** How many entries are asked for at once. */
export const PART_SIZE = 200

/** A directory as far as it was read: parts of it are fetched when they come into sight. */
export interface Listing {
	path: string
	search: string
	sort: ListingSort
	/** By which the server knows what it has read */
	id: string | null
	/** How many entries match the search */
	total: number
	/** The server has read all of it */
	isComplete: boolean
	/** By their number: part 0 holds the first 200 entries */
	parts: Map<number, FileEntry[]>
}

/**
 * A directory of which one part has come.
 *
 * @param asked what was asked for
 * @param asked.path which directory
 * @param asked.search text in the names
 * @param asked.sort order
 * @param offset where the part begins
 * @param answer the part
 */
export function listingOf(asked: Pick<Listing, 'path' | 'search' | 'sort'>, offset: number, answer: ListingPart): Listing {
	const { path, search, sort } = asked
	const parts = new Map([[offset / PART_SIZE, answer.entries]])
	return { path, search, sort, id: answer.listingId, total: answer.total, isComplete: answer.isComplete, parts }
}

/**
 * The same directory with one more part. When the server has forgotten what it had read, it has read anew, and the other parts are old.
 *
 * @param listing what was there
 * @param offset where the part begins
 * @param answer the part
 */
export function withPart(listing: Listing, offset: number, answer: ListingPart): Listing {
	const fresh = listingOf(listing, offset, answer)
	return answer.listingId === listing.id ? { ...fresh, parts: new Map([...listing.parts, ...fresh.parts]) } : fresh
}

/**
 * @param listing a directory
 * @param index which entry
 * @return null while its part has not come
 */
export function entryAt(listing: Listing, index: number): FileEntry | null {
	return listing.parts.get(Math.floor(index / PART_SIZE))?.[index % PART_SIZE] ?? null
}

/**
 * The parts that have to be fetched to show some rows.
 *
 * @param listing a directory
 * @param first row
 * @param last row, not included
 */
export function missingParts(listing: Listing, first: number, last: number): number[] {
	const missing: number[] = []
	for (let part = Math.floor(first / PART_SIZE); part * PART_SIZE < Math.min(last, listing.total); part++) {
		if (!listing.parts.has(part)) {
			missing.push(part)
		}
	}
	return missing
}

/**
 * Where an entry is, as far as the parts are there.
 *
 * @param listing a directory
 * @param name of the entry
 * @return its row; -1 when it is not to be seen
 */
export function indexOf(listing: Listing, name: string): number {
	for (const [part, entries] of listing.parts) {
		const index = entries.findIndex((entry) => entry.name === name)
		if (index >= 0) {
			return part * PART_SIZE + index
		}
	}
	return -1
}
