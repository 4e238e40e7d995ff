/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Exchange, SentField, SentRequest, Source } from '../../api/types.ts'

import { describe, expect, it } from 'vitest'
import { aBody, anExchange, aSource } from '../../factories.ts'
import { harmOf, isRemoved, repeatedRequest } from './repeatedRequest.ts'

const URL_OF_CALL = 'https://gis.example/v1/parcels/7'

/**
 * @param changes what the case is about
 */
function sent(changes: Partial<SentRequest> = {}): Exchange {
	return anExchange({ request: { method: 'GET', url: URL_OF_CALL, headers: [], parameters: [], body: null, wireSize: null, ...changes } })
}

/**
 * @param changes what the case is about
 * @param source what it was sent to
 * @param content all of its body
 */
function repeated(changes: Partial<SentRequest>, source: Partial<Source> = {}, content: string | null = null) {
	return repeatedRequest(sent(changes), aSource(source), content)
}

describe('a request that is sent again', () => {
	it('has what the caller asked for, and leaves the rest to the source', () => {
		const field = (name: string, origin: SentField['origin']) => ({ name, value: 'v', origin })
		const { request, leftOut, obstacles } = repeated({
			url: `${URL_OF_CALL}?mine=v&key=v`,
			headers: [field('X-Mine', 'request'), field('X-Source', 'source'), field('Authorization', 'authentication'), field('Cookie', 'cookies'), field('Host', 'transport')],
			parameters: [field('mine', 'request'), field('key', 'source')],
		})
		expect(request).toEqual({
			method: 'GET',
			path: '/parcels/7',
			query: [{ name: 'mine', value: 'v' }],
			headers: [{ name: 'X-Mine', value: 'v' }],
			body: null,
			bodyEncoding: 'text',
		})
		expect([leftOut, obstacles]).toEqual([[], []])
	})

	it('never sends the mark of a hidden secret in a header or a parameter', () => {
		const { request, leftOut, obstacles } = repeated({
			url: `${URL_OF_CALL}?token=REDACTED`,
			headers: [{ name: 'Authorization', value: 'Bearer REDACTED', origin: 'request' }],
			parameters: [{ name: 'token', value: 'REDACTED', origin: 'request' }],
		})
		expect([request.headers, request.query]).toEqual([[], []])
		expect(leftOut).toEqual(['Authorization', 'token'])
		expect(obstacles).toEqual([])
	})

	it.each([
		['its body', { body: aBody({ content: '{"password":"REDACTED"}' }) }, '{"password":"REDACTED"}'],
		['bytes', { body: aBody({ encoding: 'base64' }) }, btoa('..REDACTED..')],
		['its path', { url: `${URL_OF_CALL}/REDACTED` }, null],
	])('is not sent at once when a secret was hidden in %s', (_, changes, content) => {
		expect(repeated({ method: 'POST', ...changes }, {}, content).obstacles.join()).toContain('secret')
	})

	it('keeps its body, and that of bytes', () => {
		expect(repeated({ body: aBody({ content: 'x' }) }, {}, 'xyz').request).toMatchObject({ body: 'xyz', bodyEncoding: 'text' })
		expect(repeated({ body: aBody({ encoding: 'base64' }) }, {}, 'AAE=')).toMatchObject({ request: { body: 'AAE=', bodyEncoding: 'base64' }, isEditable: false })
	})

	it('says when its body is not, or not all, there', () => {
		expect(repeated({ body: aBody() }).obstacles.join()).toContain('not kept any more')
		expect(repeated({ body: aBody({ isTruncated: true }) }, {}, 'xy').obstacles.join()).toContain('Only the beginning')
	})

	it('says when the source is somewhere else now', () => {
		const { request, obstacles } = repeated({}, { location: 'https://new.example/v2' })
		expect(request.path).toBe('/v1/parcels/7')
		expect(obstacles.join()).toContain('location')
	})

	it('does not take a longer name for the location', () => {
		expect(repeated({ url: 'https://gis.example/v10/x' }).obstacles).toHaveLength(1)
	})

	it('knows its location without the user in it', () => {
		expect(repeated({ url: 'https://REDACTED@gis.example/v1/a' }, { location: 'https://jan:geheim@gis.example/v1/' })).toMatchObject({ request: { path: '/a' }, obstacles: [] })
	})

	it('says when a template would be filled in', () => {
		expect(repeated({ body: aBody() }, {}, 'a {{ uuid() }}').obstacles.join()).toContain('template')
	})

	it('guesses what entries of earlier versions do not say', () => {
		const field = (name: string) => ({ name, value: 'v', origin: null })
		const { request } = repeated(
			{ url: `${URL_OF_CALL}?a=1&b=2`, headers: [field('Host'), field('X-Source'), field('X-Mine')] },
			{ headers: [{ name: 'x-source', value: 'v', isSecret: false }], query: [{ name: 'b', value: '2', isSecret: false }] },
		)
		expect(request.headers).toEqual([{ name: 'X-Mine', value: 'v' }])
		expect(request.query).toEqual([{ name: 'a', value: '1' }])
	})

	it('is signed anew by a source that signs', () => {
		const envelope = '<s:Envelope><s:Header><wsse:Security a="b"><x>REDACTED</x></wsse:Security></s:Header><s:Body/></s:Envelope>'
		const connection = { ...aSource().connection, soap: { ...aSource().connection.soap, security: {} as never } }
		const { request, obstacles } = repeated({ method: 'POST', body: aBody() }, { type: 'soap', connection }, envelope)
		expect(request.body).toBe('<s:Envelope><s:Header></s:Header><s:Body/></s:Envelope>')
		expect(obstacles).toEqual([])
	})
})

describe('what asks first', () => {
	it.each(['GET', 'head', 'OPTIONS', 'LIST'])('is not %s', (method) => {
		expect(harmOf(method)).toBeNull()
	})

	it.each(['POST', 'PATCH', 'PUT', 'DELETE', 'MOVE', 'MKCOL'])('is %s', (method) => {
		expect(harmOf(method)).toBeTruthy()
	})
})

describe('a body that is gone', () => {
	it('had a size, and nothing is kept', () => {
		expect(isRemoved(aBody({ content: '', size: 20, keptSize: 0 }))).toBe(true)
		expect(isRemoved(aBody({ content: '', size: 0, keptSize: 0 }))).toBe(false)
		expect(isRemoved(aBody())).toBe(false)
		expect(isRemoved(null)).toBe(false)
	})
})
