/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

// The API counts characters, JavaScript counts UTF-16 units: an emoji is one of the former and two of the latter.

/**
 * @param text where
 * @param place in characters
 * @return the same place in UTF-16 units
 */
export function toUnits(text: string, place: number): number {
	let units = 0
	for (const character of text) {
		if (place-- <= 0) {
			break
		}
		units += character.length
	}
	return units
}

/**
 * @param text where
 * @param place in UTF-16 units
 * @return the same place in characters
 */
export function toCodePoints(text: string, place: number): number {
	return [...text.slice(0, place)].length
}
