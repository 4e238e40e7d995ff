/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { TextMatch } from '../../api/bodies.ts'

const BYTES_AROUND = 1000

/** What stands around a match, and the match. */
export interface Surroundings {
	before: string
	match: string
	after: string
}

/**
 * Which bytes show what is around a match. They may begin and end within a character.
 *
 * @param match where a text was found
 */
export function around(match: TextMatch): { offset: number, length: number } {
	const offset = Math.max(0, match.offset - BYTES_AROUND)
	const size = new TextEncoder().encode(match.match).length
	return { offset, length: match.offset - offset + size + BYTES_AROUND }
}

/**
 * @param match where a text was found
 * @param bytes what is around
 */
export function surroundings(match: TextMatch, bytes: Uint8Array): Surroundings {
	const start = match.offset - around(match).offset
	const end = start + new TextEncoder().encode(match.match).length
	const [before, found, after] = [bytes.subarray(0, start), bytes.subarray(start, end), bytes.subarray(end)].map((piece) => new TextDecoder().decode(piece)) as [string, string, string]
	// Where a piece begins or ends within a character, that is no part of the body.
	return { before: before.replace(/^\uFFFD+/, ''), match: found, after: after.replace(/\uFFFD+$/, '') }
}
