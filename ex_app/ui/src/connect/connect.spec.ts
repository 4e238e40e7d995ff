/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../api/problem.ts'
import { finishAuthorization } from '../api/tokens.ts'
import { aCall, aSource, aToken } from '../factories.ts'
import { recallLogin, redirectUri, rememberLogin } from './pendingLogin.ts'
import { returnedIn, useConnect } from './useConnect.ts'

vi.mock(import('../api/tokens.ts'))

const finishing = vi.mocked(finishAuthorization)
const { id, slug, name } = aSource()
const returned = returnedIn({ code: 'c', state: 's', iss: 'https://as.example' })

beforeEach(() => {
	vi.resetAllMocks()
	sessionStorage.clear()
})

describe('the return from a provider', () => {
	it('is read from the address, in the words of the standards', () => {
		expect(returnedIn({ state: 's', error: 'access_denied', error_description: 'No.', session_state: 'x' }))
			.toEqual({ state: 's', code: '', iss: '', error: 'access_denied', errorDescription: 'No.' })
	})

	it('that ends well knows its source', async () => {
		finishing.mockResolvedValue({ source: { id, slug, name }, token: aToken(), call: aCall() })
		const connect = useConnect()

		await expect(connect.finish(returned)).resolves.toBe(true)

		expect(finishing).toHaveBeenCalledWith(returned)
		expect(connect.slug.value).toBe(slug)
	})

	it('that the provider refused is handed over too, so that it is in the log and explained', async () => {
		const call = aCall({ outcome: 'refused' })
		finishing.mockResolvedValue({ source: { id, slug, name }, token: null, call })
		const connect = useConnect()

		await expect(connect.finish({ ...returned, code: '', error: 'access_denied' })).resolves.toBe(false)

		expect(connect.login.value?.call).toEqual(call)
		expect(connect.problem.value).toBeNull()
	})

	it('that is not known here still leads back to the source it began at', async () => {
		rememberLogin('https://as.example/authorize?client_id=x&state=s', slug)
		finishing.mockRejectedValue(new Problem('answer', 'Not found', 'x', { type: 'x', title: 'Not found', status: 404, detail: '' }))
		const connect = useConnect()

		await expect(connect.finish(returned)).resolves.toBe(false)

		expect(connect.problem.value?.status).toBe(404)
		expect(connect.slug.value).toBe(slug)
		expect(connect.isRunning.value).toBe(false)
	})

	it('without anything in it is explained, and asks nobody', async () => {
		const connect = useConnect()

		await expect(connect.finish(returnedIn({}))).resolves.toBe(false)

		expect(connect.problem.value?.title).toContain('no login')
		expect(finishing).not.toHaveBeenCalled()
	})

	it('of an error without a state repeats what the provider says', async () => {
		const connect = useConnect()

		await connect.finish(returnedIn({ error: 'invalid_request', error_description: 'Bad redirect.' }))

		expect(connect.problem.value?.detail).toContain('invalid_request: Bad redirect.')
		expect(finishing).not.toHaveBeenCalled()
	})
})

describe('a login that has begun', () => {
	it('leads back to a page of ours', () => {
		expect(redirectUri()).toMatch(/^https?:\/\/[^?#]+\/apps\/app_api\/embedded\/open_connector\/main\/connect$/)
	})

	it('is remembered once', () => {
		rememberLogin('https://as.example/authorize?state=a', 'parcels')

		expect(recallLogin('b')).toBeNull()
		expect(recallLogin('a')).toBe('parcels')
		expect(recallLogin('a')).toBeNull()
	})

	it('does no harm with an address that is none', () => {
		expect(() => rememberLogin('nonsense', 'parcels')).not.toThrow()
	})
})
