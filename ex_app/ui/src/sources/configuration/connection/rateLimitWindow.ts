/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

export type WindowUnit = 'second' | 'minute' | 'hour' | 'day'

export const UNIT_MS: Record<WindowUnit, number> = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 }

/**
 * The largest unit of which a window has a whole number: 120 s are shown as 2 minutes, 90 s as 90 seconds.
 *
 * @param windowMs a window, in ms
 */
export function unitOf(windowMs: number): WindowUnit {
	const units: WindowUnit[] = ['day', 'hour', 'minute', 'second']
	return units.find((unit) => windowMs > 0 && windowMs % UNIT_MS[unit] === 0) ?? 'second'
}
