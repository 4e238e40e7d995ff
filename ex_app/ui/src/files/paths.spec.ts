/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { crumbsOf, isName, nameOf, normalPath, parentOf, pathIn, urlOf } from './paths.ts'

describe('a path', () => {
	it.each([
		['', ''],
		['/', ''],
		['out', '/out'],
		['/out//2026/', '/out/2026'],
		['/out/./2026/../2025', '/out/2025'],
		['../../etc', '/etc'],
	])('typed as “%s” is “%s”', (typed, path) => {
		expect(normalPath(typed)).toBe(path)
	})

	it('keeps what means something in URLs', () => {
		expect(normalPath('/a?b/50%#1')).toBe('/a?b/50%#1')
		expect(urlOf('sftp://files.example/in/', '/a?b/50% ä.txt')).toBe('sftp://files.example/in/a%3Fb/50%25%20%C3%A4.txt')
	})

	it('has a directory and a name', () => {
		expect([parentOf('/out/2026'), parentOf('/out'), parentOf('')]).toEqual(['/out', '', ''])
		expect([nameOf('/out/2026'), nameOf('')]).toEqual(['2026', ''])
		expect([pathIn('', 'out'), pathIn('/out', '2026')]).toEqual(['/out', '/out/2026'])
	})

	it('is a way from the location', () => {
		expect(crumbsOf('/2026/11', 'sftp://files.example:2022/out/')).toEqual([
			{ label: 'files.example:2022/out', path: '' },
			{ label: '2026', path: '/2026' },
			{ label: '11', path: '/2026/11' },
		])
		expect(crumbsOf('', 'ftp://files.example')).toEqual([{ label: 'files.example', path: '' }])
	})
})

describe('a name', () => {
	it.each(['', ' ', '.', '..', 'a/b', 'a\\b', 'a\nb'])('“%s” is none', (name) => {
		expect(isName(name)).toBe(false)
	})

	it.each(['a', '.htaccess', '...', 'a b', 'ä?#%'])('“%s” is one', (name) => {
		expect(isName(name)).toBe(true)
	})
})
