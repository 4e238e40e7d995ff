/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

/** Rows above and below of what is seen, so that scrolling by a little shows no gap. */
const MARGIN = 10

/** A row has this height, whatever it shows: otherwise nobody knows which rows are in sight. */
export const ROW_HEIGHT = 40

export interface Window {
	first: number
	/** Not included */
	last: number
	/** Pixels that the rows before take */
	before: number
	/** Pixels that the rows behind take */
	after: number
}

/**
 * Which rows of a long list are in the document.
 *
 * @param total how many rows there are
 * @param top how far it is scrolled
 * @param height how much of it is seen
 */
export function windowOf(total: number, top: number, height: number): Window {
	const first = Math.max(0, Math.min(total, Math.floor(top / ROW_HEIGHT)) - MARGIN)
	const last = Math.min(total, Math.ceil((top + height) / ROW_HEIGHT) + MARGIN)
	return { first, last, before: first * ROW_HEIGHT, after: (total - last) * ROW_HEIGHT }
}

/**
 * How many rows are in the document at most. Rows that go out of sight are taken for those that come: making new ones takes longer.
 *
 * @param height how much is seen
 */
export function poolSize(height: number): number {
	return Math.ceil(height / ROW_HEIGHT) + 2 * MARGIN + 1
}

/**
 * How far to scroll so that a row is seen whole.
 *
 * @param row which row
 * @param top how far it is scrolled
 * @param height how much is seen
 */
export function scrollTo(row: number, top: number, height: number): number {
	const start = row * ROW_HEIGHT
	return start < top ? start : start + ROW_HEIGHT > top + height ? start + ROW_HEIGHT - height : top
}
