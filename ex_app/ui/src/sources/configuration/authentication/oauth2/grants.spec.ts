/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { MASK } from '../../../../api/mask.ts'
import { clientOptions, emptyClient, emptyGrant, emptyKey, grantOptions, PartMemory } from './grants.ts'

describe('another way for the client to prove who it is', () => {
	it('keeps the secret, be it stored or typed', () => {
		const memory = new PartMemory({ method: 'client_secret_basic', secret: MASK })

		expect(memory.fill(emptyClient('client_secret_post'))).toEqual({ method: 'client_secret_post', secret: MASK })

		memory.keep({ method: 'client_secret_post', secret: 'typed' })
		expect(memory.fill(emptyClient('client_secret_jwt'))).toMatchObject({ method: 'client_secret_jwt', secret: 'typed', algorithm: 'HS256' })
	})

	it('keeps the key over methods that have none', () => {
		const memory = new PartMemory()
		const key = { ...emptyKey(), privateKey: 'pem', kid: '1' }
		memory.keep({ ...emptyClient('private_key_jwt'), key, algorithm: 'PS256', audience: 'https://a.example' })
		memory.keep(memory.fill(emptyClient('tls_client_auth')))

		expect(memory.fill(emptyClient('private_key_jwt'))).toEqual({ method: 'private_key_jwt', key, algorithm: 'PS256', audience: 'https://a.example', lifetimeSeconds: 120 })
	})

	it('does not sign with a secret by the algorithm of a key', () => {
		const memory = new PartMemory()
		memory.keep({ ...emptyClient('private_key_jwt'), algorithm: 'ES256', lifetimeSeconds: 60 })

		expect(memory.fill(emptyClient('client_secret_jwt'))).toMatchObject({ algorithm: 'HS256', lifetimeSeconds: 60 })
	})
})

describe('another grant', () => {
	it('and back brings back what is stored', () => {
		const stored = { type: 'password', username: 'jan', password: MASK } as const
		const memory = new PartMemory(stored)
		memory.keep(stored)
		memory.keep(memory.fill(emptyGrant('authorization_code')))

		expect(memory.fill(emptyGrant('password'))).toEqual(stored)
	})

	it.each(grantOptions().map(({ value }) => value))('%s takes nothing over that is not its own', (type) => {
		const memory = new PartMemory()
		grantOptions().forEach(({ value }) => memory.keep(emptyGrant(value)))

		expect(memory.fill(emptyGrant(type))).toEqual(emptyGrant(type))
	})
})

it('every grant and every client authentication explains itself', () => {
	expect([...grantOptions(), ...clientOptions()].filter(({ help }) => !help.endsWith('.'))).toEqual([])
})
