/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { SchemeType } from '../../../api/authentication.ts'
import type { Authentication } from '../../../api/types.ts'

import { describe, expect, it } from 'vitest'
import { MASK } from '../../../api/mask.ts'
import { emptyScheme, fileSchemes, SchemeMemory, schemes } from './schemes.ts'

describe('the schemes', () => {
	it.each([...schemes().map(({ value }) => value), 'ssh_key'] as SchemeType[])('%s begins empty, without a secret', (type: SchemeType) => {
		const scheme = emptyScheme(type)

		expect(scheme.type).toBe(type)
		expect(JSON.stringify(scheme)).not.toContain(MASK)
	})

	it('explain themselves', () => {
		expect([...schemes(), ...fileSchemes('sftp'), ...fileSchemes('ftp')].filter(({ help }) => !help.endsWith('.'))).toEqual([])
	})
})

describe('what a file server is asked with', () => {
	it.each([
		['sftp', ['none', 'basic', 'ssh_key']],
		['ftps', ['none', 'basic']],
		['ftp', ['none', 'basic']],
		[null, ['none', 'basic', 'ssh_key']],
	] as const)('over %s is %j', (protocol, offered) => {
		expect(fileSchemes(protocol).map(({ value }) => value)).toEqual(offered)
	})

	it('takes the account along, but no password to where none is', () => {
		const typed: Authentication = { type: 'basic', username: 'jan', password: 'typed' }

		expect(new SchemeMemory().change(typed, 'ssh_key', { type: 'none' })).toEqual({ ...emptyScheme('ssh_key'), username: 'jan' })
		expect(new SchemeMemory().change({ ...emptyScheme('ssh_key'), username: 'jan' } as Authentication, 'basic', { type: 'none' })).toEqual({ type: 'basic', username: 'jan', password: '' })
	})
})

describe('going from one scheme to another', () => {
	const stored: Authentication = { type: 'basic', username: 'jan', password: MASK }

	it('and back brings back what is stored, mask and all', () => {
		const memory = new SchemeMemory()
		const bearer = memory.change(structuredClone(stored), 'bearer', stored)

		expect(bearer).toEqual({ type: 'bearer', token: '' })
		expect(memory.change(bearer, 'basic', stored)).toEqual(stored)
	})

	it('and back loses nothing that was typed', () => {
		const memory = new SchemeMemory()
		const typed: Authentication = { type: 'bearer', token: 'typed' }

		const none = memory.change(typed, 'none', stored)

		expect(memory.change(none, 'bearer', stored)).toEqual(typed)
	})

	it('takes the account along, and never a mask, which would stand for nothing there', () => {
		const memory = new SchemeMemory()

		expect(memory.change(stored, 'digest', stored)).toEqual({ type: 'digest', username: 'jan', password: '' })
		expect(memory.change({ ...stored, password: 'typed' }, 'ntlm', stored)).toMatchObject({ username: 'jan', password: 'typed' })
	})

	it('does not bring back what was discarded', () => {
		const memory = new SchemeMemory()
		memory.change({ type: 'bearer', token: 'typed' }, 'none', stored)

		memory.forget()

		expect(memory.change({ type: 'none' }, 'bearer', stored)).toEqual({ type: 'bearer', token: '' })
	})

	it('leaves what is stored untouched when the copy is edited', () => {
		const oauth = emptyScheme('oauth2')
		const copy = new SchemeMemory().change({ type: 'none' }, 'oauth2', oauth)
		if (copy.type === 'oauth2') {
			copy.resource.push('https://api.example.org/')
		}

		expect(oauth).toEqual(emptyScheme('oauth2'))
	})
})
