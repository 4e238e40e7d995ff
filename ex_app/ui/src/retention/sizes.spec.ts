/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { unitOf } from './sizes.ts'

describe('the unit of a size', () => {
	it.each([
		[null, 'GiB'],
		[0, 'GiB'],
		[2 ** 40, 'TiB'],
		[5 * 2 ** 30, 'GiB'],
		[1536 * 2 ** 20, 'MiB'],
		[1000, 'MiB'],
	])('of %s bytes is %s', (bytes, unit) => {
		expect(unitOf(bytes)).toBe(unit)
	})
})
