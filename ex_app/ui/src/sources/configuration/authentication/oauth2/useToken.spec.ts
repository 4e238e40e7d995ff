/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { flushPromises } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, ref } from 'vue'
import { cancelCall } from '../../../../api/calls.ts'
import { Problem } from '../../../../api/problem.ts'
import { fetchToken, forgetToken, readToken } from '../../../../api/tokens.ts'
import { aCall, aToken } from '../../../../factories.ts'
import { useToken } from './useToken.ts'

vi.mock(import('../../../../api/tokens.ts'))
vi.mock(import('../../../../api/calls.ts'))

/** The composable, outside of a component. */
async function inScope() {
	const source = ref<{ id: string, version: number } | null>({ id: 's', version: 1 })
	const composed = effectScope().run(() => useToken(() => source.value))!
	await flushPromises()
	return { source, ...composed }
}

beforeEach(() => {
	vi.resetAllMocks()
	vi.mocked(readToken).mockResolvedValue(null)
})

describe('the token of a source', () => {
	it('that is kept is shown without a request to the provider', async () => {
		vi.mocked(readToken).mockResolvedValue(aToken())
		const { token } = await inScope()

		expect(token.value).toEqual(aToken())
		expect(fetchToken).not.toHaveBeenCalled()
	})

	it('is asked about again when the configuration is another one, and not while it is not stored', async () => {
		const { source } = await inScope()

		source.value = null
		await nextTick()
		expect(readToken).toHaveBeenCalledTimes(1)

		source.value = { id: 's', version: 2 }
		await nextTick()
		expect(readToken).toHaveBeenCalledTimes(2)
	})

	it('is fetched with an id to cancel it by', async () => {
		const { token, call, running, fetch, cancel } = await inScope()
		vi.mocked(fetchToken).mockImplementation(async (_, callId) => {
			expect(running.value?.callId).toBe(callId)
			await cancel()
			await cancel()
			return { token: aToken({ scope: 'new' }), call: aCall() }
		})

		await expect(fetch()).resolves.toBe(true)

		expect(vi.mocked(cancelCall).mock.calls).toEqual([[vi.mocked(fetchToken).mock.calls[0]![1]]])
		expect(token.value?.scope).toBe('new')
		expect(call.value).toEqual(aCall())
		expect(running.value).toBeNull()
	})

	it('stays when another one is refused, and the call says why', async () => {
		vi.mocked(readToken).mockResolvedValue(aToken())
		const { token, call, fetch } = await inScope()
		vi.mocked(fetchToken).mockResolvedValue({ token: null, call: aCall({ outcome: 'auth_error' }) })

		await expect(fetch()).resolves.toBe(false)

		expect(token.value).toEqual(aToken())
		expect(call.value?.outcome).toBe('auth_error')
	})

	it('that could not be asked for at all leaves a problem', async () => {
		const { problem, running, fetch } = await inScope()
		vi.mocked(fetchToken).mockRejectedValue(new Problem('network', 'gone', ''))

		await fetch()

		expect(problem.value?.kind).toBe('network')
		expect(running.value).toBeNull()
	})

	it('is forgotten', async () => {
		vi.mocked(readToken).mockResolvedValue(aToken())
		const { token, forget } = await inScope()

		await forget()

		expect(forgetToken).toHaveBeenCalledWith('s')
		expect(token.value).toBeNull()
	})
})
