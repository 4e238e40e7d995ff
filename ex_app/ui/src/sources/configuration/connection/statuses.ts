/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

/**
 * The statuses in a text such as "429, 503". What is no number stays in its place as NaN: the server says at the field that it is wrong.
 *
 * @param text what was typed
 */
export function statusesOf(text: string): number[] {
	return text.split(/[\s,;]+/).filter((word) => word !== '').map(Number)
}
