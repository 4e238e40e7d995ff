/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, ref } from 'vue'
import { Problem } from '../api/problem.ts'
import { readSource } from '../api/sources.ts'
import { aSource } from '../factories.ts'
import { useResultsPosition } from './useResultsPosition.ts'

vi.mock(import('../api/sources.ts'))

const read = vi.mocked(readSource)

beforeEach(() => vi.resetAllMocks())

describe('the position of the records of a logged call', () => {
	it('is that of its source, as it is now', async () => {
		read.mockResolvedValueOnce(aSource({ resultsPosition: 'data.items' })).mockResolvedValueOnce(aSource({ resultsPosition: '_root' }))
		const id = ref<string>()
		const position = effectScope().run(() => useResultsPosition(() => id.value))!
		expect(read).not.toHaveBeenCalled()

		id.value = 'one'
		await flushPromises()
		expect(position.value).toBe('data.items')

		id.value = 'other'
		await flushPromises()
		expect(position.value).toBe('_root')
	})

	it('is not known of a source that is gone', async () => {
		read.mockRejectedValue(new Problem('answer', 'Not found', ''))

		const position = effectScope().run(() => useResultsPosition(() => 'gone'))!
		await flushPromises()

		expect(position.value).toBe('')
	})
})
