/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import axios from '@nextcloud/axios'
import { getLanguage, setLanguage } from '@nextcloud/l10n'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { queryParameters, refusedForSpace, request, segment } from './client.ts'
import { isCancelled } from './problem.ts'

/** Stands for the network. */
const send = vi.fn()

beforeEach(() => {
	send.mockReset()
	axios.defaults.adapter = send
})

describe('a request', () => {
	it('goes through the proxy, with the header that proves that our page sent it', async () => {
		send.mockImplementation(async (config) => ({ data: { id: 'a' }, status: 201, statusText: 'Created', headers: {}, config }))

		await expect(request('POST', 'sources', { body: { name: 'A' } })).resolves.toEqual({ id: 'a' })

		const config = send.mock.calls[0]![0]
		expect(config).toMatchObject({ method: 'post', url: '/index.php/apps/app_api/proxy/open_connector/api/sources', data: '{"name":"A"}' })
		expect(config.headers['X-Requested-With']).toBe('OpenConnector')
	})

	it('asks for the language of the page, whatever that of the browser is', async () => {
		send.mockImplementation(async (config) => ({ data: {}, status: 200, statusText: 'OK', headers: {}, config }))
		const former = getLanguage()
		setLanguage('nl')
		await request('GET', 'sources').finally(() => setLanguage(former))
		expect(send.mock.calls[0]![0].headers['Accept-Language']).toBe('nl')
	})

	it('throws a problem when it fails', async () => {
		send.mockImplementation(async (config) => {
			throw Object.assign(new Error('failed'), { isAxiosError: true, config, response: { status: 502, data: '', headers: {} } })
		})

		await expect(request('GET', 'sources')).rejects.toMatchObject({ kind: 'unavailable' })
	})

	it('for bytes reads the problem document from bytes, too', async () => {
		const document = { type: 'urn:problem:not-found', title: 'Not found', status: 404, detail: 'It is gone.' }
		const data = new TextEncoder().encode(JSON.stringify(document)).buffer
		send.mockImplementation(async (config) => {
			throw Object.assign(new Error('failed'), { isAxiosError: true, config, response: { status: 404, data, headers: {} } })
		})

		await expect(request('GET', 'logs/a/content', { isBinary: true })).rejects.toMatchObject({ kind: 'answer', title: 'Not found', status: 404 })
		expect(send.mock.calls[0]![0].responseType).toBe('arraybuffer')
	})

	it('says to everybody that there is no space, when that is the answer', async () => {
		const answer = (status: number) => send.mockImplementation(async (config) => {
			const data = { type: 'urn:problem:storage-full', title: 'The disk is full', status }
			throw Object.assign(new Error('failed'), { isAxiosError: true, config, response: { status, data, headers: {} } })
		})
		answer(409)
		await expect(request('PUT', 'settings')).rejects.toBeDefined()
		expect(refusedForSpace.value).toBeNull()

		answer(507)
		await expect(request('PUT', 'settings')).rejects.toMatchObject({ status: 507 })
		expect(refusedForSpace.value).toMatchObject({ title: 'The disk is full' })
		refusedForSpace.value = null
	})

	it('throws a cancellation as it is, so that nobody shows it', async () => {
		const controller = new AbortController()
		controller.abort()

		await expect(request('GET', 'sources', { signal: controller.signal })).rejects.toSatisfy(isCancelled)
	})
})

describe('query parameters', () => {
	it('are never repeated: the proxy would keep the last one only', () => {
		expect(queryParameters({ status: ['4xx', 'none'] })).toEqual({ status: '4xx,none' })
	})

	it('leave out what is not set, but not what is false', () => {
		expect(queryParameters({ search: '', type: [], cursor: null, sort: undefined, enabled: false, limit: 1 })).toEqual({ enabled: 'false', limit: '1' })
	})
})

describe('a path segment', () => {
	it('cannot lead to another path', () => {
		expect(segment('a/../b?c#d')).toBe('a%2F..%2Fb%3Fc%23d')
	})
})
