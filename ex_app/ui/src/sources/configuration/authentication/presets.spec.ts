/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Authentication } from '../../../api/types.ts'

import { describe, expect, it } from 'vitest'
import { missingHeaders, presets, stillMissing } from './presets.ts'
import { copyOf } from './schemes.ts'

/**
 * @param id which preset
 */
function preset(id: string) {
	return presets().find((candidate) => candidate.id === id)!
}

/**
 * The form, filled in by somebody.
 *
 * @param id which preset
 * @param fillIn types what is missing
 */
function filledIn(id: string, fillIn: (authentication: never) => void): Authentication {
	const authentication = copyOf(preset(id).authentication)
	fillIn(authentication as never)
	return authentication
}

describe('a preset', () => {
	it.each(presets())('$label says what is left to the administrator', (each) => {
		expect(stillMissing(each, each.authentication)).toHaveLength(each.missing.length)
	})

	it.each<[string, (authentication: never) => void]>([
		['zgw', (jwt: { claims: string, secret: string }) => {
			jwt.claims = jwt.claims.replaceAll('YOUR-CLIENT-ID', 'zaken')
			jwt.secret = 's'
		}],
		['nlgov', (oauth: { issuer: string, clientId: string, scope: string, client: { key: { privateKey: string } } }) => {
			oauth.issuer = 'https://as.example'
			oauth.clientId = 'c'
			oauth.scope = 's'
			oauth.client.key.privateKey = 'pem'
		}],
		['entra-secret', (oauth: { tokenUrl: string, clientId: string, client: { secret: string } }) => {
			oauth.tokenUrl = oauth.tokenUrl.replace('YOUR-TENANT', 'contoso.example')
			oauth.clientId = 'c'
			oauth.client.secret = 's'
		}],
		['entra-certificate', (oauth: { tokenUrl: string, clientId: string, client: { key: { privateKey: string, certificate: string } } }) => {
			oauth.tokenUrl = oauth.tokenUrl.replace('YOUR-TENANT', 'contoso.example')
			oauth.clientId = 'c'
			Object.assign(oauth.client.key, { privateKey: 'pem', certificate: 'pem' })
		}],
		['google', (oauth: { grant: { claims: string, key: { privateKey: string } } }) => {
			oauth.grant.claims = '{"scope":"https://www.googleapis.com/auth/drive"}'
			oauth.grant.key.privateKey = 'pem'
		}],
		['github', (bearer: { token: string }) => {
			bearer.token = 't'
		}],
		['nextcloud', (basic: { username: string, password: string }) => {
			Object.assign(basic, { username: 'u', password: 'p' })
		}],
	])('%s has nothing missing once that is entered', (id, fillIn) => {
		expect(stillMissing(preset(id), filledIn(id, fillIn))).toEqual([])
	})

	it('for NL GOV and for Entra signs with PS256', () => {
		for (const id of ['nlgov', 'entra-certificate']) {
			expect(preset(id).authentication).toMatchObject({ client: { method: 'private_key_jwt', algorithm: 'PS256', key: { thumbprints: ['x5t', 'x5t#S256'] } } })
		}
	})

	it('for ZGW has claims that are JSON', () => {
		const { authentication } = preset('zgw')

		expect(authentication.type === 'jwt' && Object.keys(JSON.parse(authentication.claims))).toEqual(['iss', 'client_id', 'user_id', 'user_representation'])
	})

	it('names the headers that are not there yet', () => {
		expect(missingHeaders(preset('github'), [{ name: 'accept', value: '*/*' }])).toEqual([{ name: 'X-GitHub-Api-Version', value: '2022-11-28' }])
	})

	it('says nothing any more about a scheme that was changed afterwards', () => {
		expect(stillMissing(preset('google'), { type: 'none' })).toEqual([])
	})
})
