/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { cancelCall, testSource, verifySource } from '../api/calls.ts'
import { Problem } from '../api/problem.ts'
import { aCall } from '../factories.ts'
import { paginationOf } from '../pages/paginationWords.ts'
import { useTestsStore } from './testsStore.ts'

vi.mock(import('../api/calls.ts'))

const send = vi.mocked(testSource)

beforeEach(() => {
	setActivePinia(createPinia())
	vi.resetAllMocks()
})

describe('the test of a source', () => {
	it('keeps what came back, and forgets that it ran', async () => {
		const store = useTestsStore()
		send.mockResolvedValue({ ...aCall({ statusCode: 418 }), pages: null })

		await store.send('a')

		expect(store.testOf('a')).toMatchObject({ running: null, problem: null, call: { statusCode: 418 } })
	})

	it('follows the pages of an answer, and keeps what came of it', async () => {
		const store = useTestsStore()
		const pagination = paginationOf('page', null)
		const pages = { pages: 3, records: 50, recordsProblem: null, endedBy: 'last_page' as const, detail: 'Page 3 is empty.' }
		send.mockImplementation(async () => {
			expect(store.testOf('a').running?.followsPages).toBe(true)
			return { ...aCall(), pages }
		})

		await store.send('a', pagination)

		expect(send.mock.calls[0]![1].pages).toEqual(pagination)
		expect(store.testOf('a')).toMatchObject({ pages, running: null })
	})

	it('keeps how pages were followed until another answer comes', async () => {
		const store = useTestsStore()
		const pagination = paginationOf('link_header', null)
		store.testOf('a').pagination = pagination
		send.mockResolvedValue({ ...aCall(), pages: null })

		await store.send('a', pagination)
		expect(store.testOf('a').pagination).toEqual(pagination)

		send.mockRejectedValueOnce(new Problem('network', 'gone', ''))
		await expect(store.send('a')).rejects.toBeInstanceOf(Problem)
		expect(store.testOf('a').pagination).toEqual(pagination)

		await store.send('a')
		expect(store.testOf('a').pagination).toBeNull()
	})

	it('runs once at a time', async () => {
		const store = useTestsStore()
		send.mockReturnValue(new Promise(() => {}))

		void store.send('a')
		await store.send('a')

		expect(send).toHaveBeenCalledTimes(1)
		expect(store.testOf('a').running).not.toBeNull()
	})

	it('is cancelled by the id that was sent with it', async () => {
		const store = useTestsStore()
		send.mockReturnValue(new Promise(() => {}))
		void store.send('a')
		const callId = send.mock.calls[0]![1].callId

		await store.cancel('a')
		await store.cancel('a')

		expect(vi.mocked(cancelCall).mock.calls).toEqual([[callId]])
	})

	it('is not waited for when a cancelled call never answers', async () => {
		vi.useFakeTimers()
		const store = useTestsStore()
		send.mockImplementation((_id, _request, signal) => new Promise((_resolve, reject) => {
			signal!.addEventListener('abort', () => reject(Object.assign(new Error('canceled'), { __CANCEL__: true })))
		}))
		const sent = store.send('a')
		await store.cancel('a')

		await vi.advanceTimersByTimeAsync(5000)
		await sent

		expect(store.testOf('a')).toMatchObject({ running: null, call: null, problem: null })
	})

	it('is verified with a method that changes nothing, and shows the steps instead of the answer', async () => {
		const store = useTestsStore()
		const verification = { passed: true, steps: [], call: aCall() }
		vi.mocked(verifySource).mockResolvedValue(verification)
		Object.assign(store.testOf('a').draft, { method: 'DELETE', path: '/zaken' })

		await store.verify('a')

		expect(vi.mocked(verifySource).mock.calls[0]![1]).toEqual({ method: 'GET', path: '/zaken', callId: expect.any(String) })
		expect(store.testOf('a')).toMatchObject({ task: 'verification', verification, running: null })

		send.mockResolvedValue({ ...aCall(), pages: null })
		await store.send('a')
		expect(store.testOf('a').task).toBe('call')
	})

	it('is on its way while it is prepared, and cannot be sent twice', async () => {
		const store = useTestsStore()
		let go = () => {}
		store.prepare('a', () => new Promise<void>((resolve) => {
			go = resolve
		}))
		send.mockResolvedValue({ ...aCall(), pages: null })

		const sent = store.send('a')
		expect(store.testOf('a').running).toMatchObject({ isCancelling: true })
		await store.send('a')
		expect(send).not.toHaveBeenCalled()

		go()
		await sent
		expect(send).toHaveBeenCalledTimes(1)
		expect(store.testOf('a').running).toBeNull()
	})

	it('is not sent when what it is made from is wrong', async () => {
		const store = useTestsStore()
		const finish = store.prepare('a', () => Promise.reject(new Problem('answer', 'Invalid', '')))

		await expect(store.send('a')).rejects.toBeInstanceOf(Problem)
		expect(send).not.toHaveBeenCalled()
		expect(store.testOf('a')).toMatchObject({ running: null, problem: null })

		finish()
		send.mockResolvedValue({ ...aCall(), pages: null })
		await store.send('a')
		expect(send).toHaveBeenCalledTimes(1)
	})

	it('says why it could not be made', async () => {
		const store = useTestsStore()
		send.mockRejectedValue(new Problem('network', 'gone', ''))

		await expect(store.send('a')).rejects.toBeInstanceOf(Problem)

		expect(store.testOf('a')).toMatchObject({ running: null, problem: { kind: 'network' } })
	})
})
