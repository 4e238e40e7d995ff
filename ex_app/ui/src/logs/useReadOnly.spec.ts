/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick } from 'vue'
import { refusedForSpace } from '../api/client.ts'
import { readStorage } from '../api/logs.ts'
import { Problem } from '../api/problem.ts'
import { usePollOfSpace, useReadOnly } from './useReadOnly.ts'

vi.mock('../api/logs.ts', () => ({ readStorage: vi.fn() }))

const { isReadOnly, check } = useReadOnly()
const scope = effectScope()

/**
 * @param isFull what the server says of the disk from now on
 */
function disk(isFull: boolean) {
	vi.mocked(readStorage).mockResolvedValue({ isReadOnly: isFull } as Awaited<ReturnType<typeof readStorage>>)
}

/**
 * @param isHidden whether nobody sees the page
 */
function hide(isHidden: boolean) {
	vi.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden)
	document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => {
	vi.useFakeTimers()
	vi.mocked(readStorage).mockReset()
	scope.run(usePollOfSpace)
})
afterEach(async () => {
	vi.restoreAllMocks()
	disk(false)
	await check()
})

describe('a full disk', () => {
	it('is asked about until there is space, and then no more', async () => {
		disk(true)
		await check()
		await vi.advanceTimersByTimeAsync(10_000)
		expect(isReadOnly.value).toBe(true)
		expect(readStorage).toHaveBeenCalledTimes(3)

		disk(false)
		await vi.advanceTimersByTimeAsync(60_000)
		expect(isReadOnly.value).toBe(false)
		expect(readStorage).toHaveBeenCalledTimes(4)
	})

	it('is known as soon as something is refused for it', async () => {
		disk(false)
		refusedForSpace.value = new Problem('answer', 'The disk is full', '')
		expect(isReadOnly.value).toBe(true)

		await nextTick()
		await vi.advanceTimersByTimeAsync(5000)
		expect(refusedForSpace.value).toBeNull()
		expect(isReadOnly.value).toBe(false)
	})

	it('is not asked about while nobody sees the page, and at once when somebody does', async () => {
		disk(true)
		await check()
		hide(true)
		await vi.advanceTimersByTimeAsync(60_000)
		expect(readStorage).toHaveBeenCalledTimes(1)

		hide(false)
		expect(readStorage).toHaveBeenCalledTimes(2)
	})

	it('stays full for what was refused after the question', async () => {
		disk(false)
		const asking = check()
		refusedForSpace.value = new Problem('answer', 'The disk is full', '')
		await asking

		expect(isReadOnly.value).toBe(true)
	})
})
