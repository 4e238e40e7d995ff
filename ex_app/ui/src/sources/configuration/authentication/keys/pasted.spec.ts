/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Inspection } from '../../../../api/authentication.ts'

import { describe, expect, it } from 'vitest'
import { MASK } from '../../../../api/mask.ts'
import { emptyKey } from '../oauth2/grants.ts'
import { algorithmFor, certificateFrom, textOfCertificate, textOfKey, withKeyText } from './pasted.ts'

const KEY = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----'
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----'
const FILE = 'MIIK'.repeat(40)
const storedKey = { ...emptyKey(), privateKey: MASK, certificate: CERTIFICATE, kid: '1' }
const storedCertificate = { pkcs12: '', passphrase: '', certificates: CERTIFICATE, privateKey: MASK }

describe('a signing key', () => {
	it('and its certificate go to their fields', () => {
		expect(withKeyText(emptyKey(), `${CERTIFICATE}\n${KEY}`, null)).toMatchObject({ privateKey: KEY, certificate: CERTIFICATE })
	})

	it('that is new takes the former certificate away, which is not its', () => {
		expect(withKeyText(storedKey, KEY, storedKey)).toMatchObject({ privateKey: KEY, certificate: '' })
	})

	it('that is stored is kept when only a certificate is pasted', () => {
		expect(withKeyText({ ...storedKey, privateKey: '' }, CERTIFICATE, storedKey)).toMatchObject({ privateKey: MASK, certificate: CERTIFICATE })
		expect(withKeyText(emptyKey(), CERTIFICATE, null)).toMatchObject({ privateKey: '', certificate: CERTIFICATE })
	})

	it('of a service account is taken out of its file, with the key id', () => {
		const file = JSON.stringify({ type: 'service_account', private_key: KEY, private_key_id: '9f86' })

		expect(withKeyText(emptyKey(), file, null)).toMatchObject({ privateKey: KEY, kid: '9f86' })
	})

	it('in a file goes as it is', () => {
		expect(withKeyText(emptyKey(), FILE, null)).toMatchObject({ privateKey: FILE, certificate: '' })
	})

	it('that is stored is never shown as a text', () => {
		expect(textOfKey(storedKey)).toBe('')
		expect(textOfKey({ ...storedKey, privateKey: KEY })).toBe(`${KEY}\n${CERTIFICATE}`)
	})
})

describe('a client certificate', () => {
	it('never has its key among the certificates, which everybody may read', () => {
		expect(certificateFrom(`${KEY}\n${CERTIFICATE}`, null)).toEqual({ pkcs12: '', passphrase: '', certificates: CERTIFICATE, privateKey: KEY })
	})

	it('in a file of PKCS#12 goes as it is', () => {
		expect(certificateFrom(FILE, storedCertificate)).toEqual({ pkcs12: FILE, passphrase: '', certificates: '', privateKey: '' })
	})

	it('that was renewed goes together with the stored key', () => {
		expect(certificateFrom(CERTIFICATE, storedCertificate)).toMatchObject({ certificates: CERTIFICATE, privateKey: MASK })
	})

	it('that is stored is never shown as a text', () => {
		expect(textOfCertificate(storedCertificate)).toBe('')
	})
})

describe('the algorithm', () => {
	const inspection = { suggestedAlgorithms: ['ES256'] } as Inspection

	it('follows the key', () => {
		expect(algorithmFor('RS256', inspection)).toBe('ES256')
	})

	it('stays when the key can do it, or cannot be read', () => {
		expect(algorithmFor('PS256', { ...inspection, suggestedAlgorithms: ['RS256', 'PS256'] })).toBe('PS256')
		expect(algorithmFor('PS256', { ...inspection, suggestedAlgorithms: [] })).toBe('PS256')
	})
})
