/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

export type SizeUnit = 'MiB' | 'GiB' | 'TiB'

export const UNIT_BYTES: Record<SizeUnit, number> = { MiB: 2 ** 20, GiB: 2 ** 30, TiB: 2 ** 40 }

/**
 * The largest unit in which a size is a whole number; mebibytes when there is none.
 *
 * @param bytes the size
 */
export function unitOf(bytes: number | null): SizeUnit {
	if (!bytes) {
		return 'GiB'
	}
	return (['TiB', 'GiB'] as const).find((unit) => bytes % UNIT_BYTES[unit] === 0) ?? 'MiB'
}
