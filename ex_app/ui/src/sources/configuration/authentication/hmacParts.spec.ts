/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { PART_KINDS, partName, signedText, takePart, toPart } from './hmacParts.ts'

describe('the parts of a signature', () => {
	it.each(['timestamp', 'bodyHashHex', 'header:Date', 'text:v0:', 'text:a:b'])('%s survives being edited', (part) => {
		const { kind, detail } = takePart(part)

		expect(toPart(kind, detail)).toBe(part)
	})

	it('lose their detail where none belongs', () => {
		expect(toPart('body', 'left over')).toBe('body')
	})

	it('have a name each', () => {
		expect(new Set(PART_KINDS.map(partName)).size).toBe(PART_KINDS.length)
	})

	it('are shown as they will be signed', () => {
		expect(signedText(['text:v0', 'timestamp', 'header:Date', 'body'], ':')).toBe('v0:‹Timestamp›:‹Date›:‹Body›')
	})

	it('stand on lines of their own where the separator says so, and a backslash is one', () => {
		expect(signedText(['method', 'path'], '\\n')).toBe('‹Method›\n‹Path›')
		expect(signedText(['method', 'path'], '\\\\')).toBe('‹Method›\\‹Path›')
	})
})
