/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { request } from './client.ts'
import { countOn } from './logs.ts'

vi.mock(import('./client.ts'))

const ask = vi.mocked(request)

beforeEach(() => {
	vi.resetAllMocks()
})

describe('a count', () => {
	it('goes on until it is exact', async () => {
		ask.mockResolvedValueOnce({ total: 80, isEstimate: true, nextCursor: 'on' }).mockResolvedValueOnce({ total: 78, isEstimate: false, nextCursor: null })
		const said: number[] = []

		const count = await countOn({ query: 'x' }, { total: 90, isEstimate: true }, ({ total }) => said.push(total))

		expect([count.total, count.isEstimate, said]).toEqual([78, false, [80, 78]])
		expect(ask.mock.calls.map(([, , options]) => options?.query)).toEqual([{ query: 'x', cursor: null }, { query: 'x', cursor: 'on' }])
	})

	it('is not made where the number is known', async () => {
		expect(await countOn({}, { total: 3, isEstimate: false })).toEqual({ total: 3, isEstimate: false })
		expect(ask).not.toHaveBeenCalled()
	})

	it('comes to an end where it stays a guess', async () => {
		ask.mockResolvedValue({ total: 80, isEstimate: true, nextCursor: 'on' })

		expect((await countOn({}, { total: 90, isEstimate: true })).isEstimate).toBe(true)
		expect(ask).toHaveBeenCalledTimes(20)
	})
})
