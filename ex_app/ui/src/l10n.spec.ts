/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { n, t } from './l10n.ts'

describe('a text', () => {
	it('is not escaped, because Vue does that', () => {
		expect(t('open_connector', '{name} was added.', { name: 'Smith & <Sons>' })).toBe('Smith & <Sons> was added.')
	})

	it('depends on a number', () => {
		expect(n('open_connector', '%n call', '%n calls', 1)).toBe('1 call')
		expect(n('open_connector', '%n call', '%n calls', 2)).toBe('2 calls')
	})
})
