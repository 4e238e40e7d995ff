/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Body } from '../api/types.ts'

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope } from 'vue'
import { readContent } from '../api/bodies.ts'
import { Problem } from '../api/problem.ts'
import { aBody } from '../factories.ts'
import { MAX_LOADED_BYTES, STEP_BYTES, useContent } from './useContent.ts'

vi.mock(import('../api/bodies.ts'))

const read = vi.mocked(readContent)
const PLACE = { logId: 'a', position: 0, side: 'response' } as const

/**
 * @param body a body
 * @param isStored the server has it
 */
function contentOf(body: Body, isStored = true) {
	return effectScope().run(() => useContent(() => body, () => isStored ? PLACE : null))!
}

/** The beginning of a long text: of its last character, only the first byte is in the next piece. */
function aPreview() {
	return aBody({ content: 'x'.repeat(100), isPreview: true, size: 2_000_000, keptSize: 2_000_000 })
}

beforeEach(() => {
	vi.resetAllMocks()
})

describe('the content of a body', () => {
	it('is whole where nothing more is kept', async () => {
		const content = contentOf(aBody())

		expect(content.isAtEnd.value).toBe(true)
		expect(content.isWhole.value).toBe(true)
		expect(content.hasMore.value).toBe(false)
		await content.loadMore()
		expect(read).not.toHaveBeenCalled()
	})

	it('is not whole where it was cut off, even if there is no more of it', () => {
		expect(contentOf(aBody({ isTruncated: true })).isWhole.value).toBe(false)
	})

	it('grows, and joins characters that lie on a border', async () => {
		const content = contentOf(aPreview())
		const first = new Uint8Array(STEP_BYTES).fill(0x79)
		first[STEP_BYTES - 1] = 0xc3
		read.mockResolvedValueOnce(first).mockResolvedValueOnce(new Uint8Array([0xa9, 0x21]))

		await content.loadMore()
		expect(content.hasMore.value).toBe(true)
		await content.loadMore()

		expect(read.mock.calls.map(([, offset, length]) => [offset, length])).toEqual([[100, STEP_BYTES], [100 + STEP_BYTES, STEP_BYTES]])
		expect(content.text.value).toBe(`${'x'.repeat(100)}${'y'.repeat(STEP_BYTES - 1)}é!`)
		expect(content.isAtEnd.value).toBe(true)
	})

	it('of bytes grows as bytes', async () => {
		const content = contentOf(aBody({ encoding: 'base64', content: 'AP8=', isPreview: true, keptSize: 3, size: 3 }))
		read.mockResolvedValueOnce(new Uint8Array([7]))

		await content.loadMore()

		expect([...content.bytes.value]).toEqual([0, 255, 7])
		expect(content.text.value).toBe('')
	})

	it('stops where a page would become slow', async () => {
		const content = contentOf(aBody({ content: 'x', isPreview: true, size: 50_000_000, keptSize: 50_000_000 }))
		read.mockImplementation(async () => new Uint8Array(STEP_BYTES))

		while (content.hasMore.value) {
			await content.loadMore()
		}

		expect(content.bytes.value.length).toBeGreaterThanOrEqual(MAX_LOADED_BYTES)
		expect(content.bytes.value.length).toBeLessThan(MAX_LOADED_BYTES + STEP_BYTES)
		expect(content.isAtEnd.value).toBe(false)
	})

	it('stays when loading fails, and says why', async () => {
		const content = contentOf(aPreview())
		read.mockRejectedValueOnce(new Problem('timeout', 'No answer in time', ''))

		await content.loadMore()

		expect(content.text.value).toBe('x'.repeat(100))
		expect(content.problem.value?.title).toBe('No answer in time')
		expect(content.hasMore.value).toBe(true)
	})

	it('has no more where the server does not have it', () => {
		expect(contentOf(aPreview(), false).hasMore.value).toBe(false)
	})
})
