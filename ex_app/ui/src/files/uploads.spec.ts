/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { listFiles } from '../api/files.ts'
import { Problem } from '../api/problem.ts'
import { aListing, anEntry, aSource } from '../factories.ts'
import { base64Of, MAX_UPLOAD_BYTES, namesTaken, sendAll, uploadsOf } from './uploads.ts'

vi.mock(import('../api/files.ts'))

beforeEach(() => vi.resetAllMocks())

describe('uploads', () => {
	it('go one after the other, and one that fails does not keep the others back', async () => {
		const files = [new File(['one'], 'a.txt'), new File(['two'], 'b.txt'), new File(['three'], 'c.txt')]
		const uploads = uploadsOf(files)
		const send = vi.fn(async (path: string) => {
			if (path === '/in/b.txt') {
				throw new Problem('network', 'The server cannot be reached', '')
			}
			return path === '/in/c.txt' ? 'No space left' : ''
		})

		await sendAll(uploads, files, '/in', send)

		expect(send.mock.calls).toEqual([['/in/a.txt', 'b25l'], ['/in/b.txt', 'dHdv'], ['/in/c.txt', 'dGhyZWU=']])
		expect(uploads.map(({ state, detail }) => [state, detail])).toEqual([['done', ''], ['failed', 'The server cannot be reached'], ['failed', 'No space left']])
	})

	it('that follow a cancelled one are not sent', async () => {
		const files = ['a', 'b', 'c'].map((name) => new File(['x'], name))
		const uploads = uploadsOf(files)
		const send = vi.fn(async (path: string) => path === '/b' ? null : '')

		await sendAll(uploads, files, '', send)

		expect(send).toHaveBeenCalledTimes(2)
		expect(uploads.map(({ state, detail }) => [state, detail])).toEqual([['done', ''], ['failed', 'Cancelled'], ['failed', 'Cancelled']])
	})

	it('that are too large say so, and are not sent', async () => {
		const file = new File([new Uint8Array(MAX_UPLOAD_BYTES + 1)], 'large.bin')
		const uploads = uploadsOf([file])
		const send = vi.fn()

		await sendAll(uploads, [file], '', send)

		expect(send).not.toHaveBeenCalled()
		expect(uploads[0]!.detail).toContain('7 MiB')
	})

	it('keep every byte', async () => {
		const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)

		expect(atob(await base64Of(new Blob([bytes])))).toBe(String.fromCharCode(...bytes))
		expect(await base64Of(new Blob([]))).toBe('')
	})
})

describe('names that are taken', () => {
	it('are those that stand in the directory as they are', async () => {
		vi.mocked(listFiles).mockImplementation(async (_, { search }) => aListing({ entries: [anEntry({ name: `${search}.old` }), ...(search === 'a' ? [anEntry({ name: 'a' })] : [])] }))

		expect(await namesTaken(aSource(), '/in', 'id', ['a', 'b'])).toEqual(['a'])
	})

	it('may be taken where nobody can know', async () => {
		vi.mocked(listFiles).mockResolvedValueOnce(aListing({ entries: [], isComplete: false })).mockResolvedValueOnce(aListing({ total: 5000 }))

		expect(await namesTaken(aSource(), '/in', 'id', ['a', 'b'])).toEqual(['a', 'b'])
	})
})
