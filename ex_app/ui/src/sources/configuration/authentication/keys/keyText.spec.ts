/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { isBinary, looksEncrypted, serviceAccountOf, splitPem, textOfFile } from './keyText.ts'

const KEY = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----'
const LEAF = '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----'
const ISSUER = '-----BEGIN CERTIFICATE-----\nMIID\n-----END CERTIFICATE-----'

describe('pasted PEM', () => {
	it('is taken apart, whatever the order is', () => {
		expect(splitPem(`${LEAF}\n${KEY}\n${ISSUER}`)).toEqual({ certificates: `${LEAF}\n${ISSUER}`, rest: KEY })
	})

	it('loses what other tools write around the blocks', () => {
		expect(splitPem(`Bag Attributes\n    friendlyName: x\n${LEAF}\n`)).toEqual({ certificates: LEAF, rest: '' })
	})

	it.each(['RSA PRIVATE KEY', 'EC PRIVATE KEY', 'ENCRYPTED PRIVATE KEY', 'CERTIFICATE REQUEST'])('of the kind %s is no certificate', (label) => {
		const text = `-----BEGIN ${label}-----\nMIIE\n-----END ${label}-----`

		expect(splitPem(text)).toEqual({ certificates: '', rest: text })
	})

	it('that is something else stays as it is', () => {
		expect(splitPem('{"kty":"RSA"}')).toEqual({ certificates: '', rest: '{"kty":"RSA"}' })
	})
})

describe('a passphrase', () => {
	it.each([
		['an encrypted key', '-----BEGIN ENCRYPTED PRIVATE KEY-----', true],
		['a key in the former format', 'Proc-Type: 4,ENCRYPTED', true],
		['a file in base64', 'MIIK'.repeat(40), true],
		['a plain key', KEY, false],
		['nothing', '', false],
	])('is asked for with %s: %#', (_, text, isAskedFor) => {
		expect(looksEncrypted(text)).toBe(isAskedFor)
	})
})

describe('a file', () => {
	const bytes = (...values: number[]) => new Uint8Array(values)

	it('with text is taken as it is', () => {
		expect(textOfFile('key.pem', new TextEncoder().encode(`${KEY}\n`))).toBe(KEY)
	})

	it('with a certificate in DER becomes PEM', () => {
		expect(textOfFile('server.CER', bytes(0x30, 0x82, 0x01))).toBe('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----')
	})

	it('of PKCS#12 becomes base64, every byte of it', () => {
		const file = new Uint8Array(256).map((_, index) => index)
		const text = textOfFile('store.p12', file)

		expect(isBinary(text)).toBe(true)
		expect([...atob(text)].map((character) => character.charCodeAt(0))).toEqual([...file])
	})
})

describe('a service account', () => {
	it('is recognised, with what the form takes from it', () => {
		const file = { type: 'service_account', private_key: KEY, private_key_id: '9f86', client_email: 'a@b.example', token_uri: 'https://t.example' }

		expect(serviceAccountOf(JSON.stringify(file))).toEqual({ privateKey: KEY, privateKeyId: '9f86', clientEmail: 'a@b.example', tokenUri: 'https://t.example' })
	})

	it.each(['{"kty":"RSA"}', '{"type":"service_account"', KEY, ''])('is not seen in %s', (text) => {
		expect(serviceAccountOf(text)).toBeNull()
	})
})
