/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { afterEach, describe, expect, it, vi } from 'vitest'
import { newCallId } from './callId.ts'

const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

afterEach(() => vi.unstubAllGlobals())

describe('a call id', () => {
	it('is a random UUID', () => {
		expect(newCallId()).toMatch(UUID_4)
		expect(newCallId()).not.toBe(newCallId())
	})

	it('is one on insecure pages, too', () => {
		vi.stubGlobal('crypto', { getRandomValues: (bytes: Uint8Array) => bytes.fill(0xff) })

		expect(newCallId()).toMatch(UUID_4)
	})
})
