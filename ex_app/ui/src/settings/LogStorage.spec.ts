/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LogStorage } from '../api/logs.ts'

import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import LogStorageFacts from './LogStorage.vue'

const storage: LogStorage = {
	calls: 1_200_000,
	pinned: 0,
	bytes: 3 * 2 ** 30,
	indexBytes: 2 ** 20,
	fileBytes: 4 * 2 ** 30,
	freeBytes: 100 * 2 ** 30,
	oldestAt: '2026-10-01T12:00:00Z',
	isReadOnly: false,
}

/**
 * @param changes what the case is about
 */
function show(changes: Partial<LogStorage> = {}): string {
	return mount(LogStorageFacts, { props: { storage: { ...storage, ...changes } } }).text()
}

describe('what the log takes', () => {
	it('is told in calls and sizes', () => {
		const text = show({ pinned: 1500 })

		expect(text).toContain('1,200,000, of which 1,500 are kept for ever')
		expect(text).toContain('3 GiB, compressed')
		expect(text).toContain('Free on its disk100 GiB')
	})

	it('leaves out what a database does not tell', () => {
		const text = show({ fileBytes: null, freeBytes: null, oldestAt: null })

		expect(text).not.toMatch(/Database file|Free on its disk|Oldest call/)
	})
})
