/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { JsonLayout, prettyJson } from './prettyJson.ts'

describe('JSON', () => {
	it('is laid out over lines', () => {
		expect(prettyJson('{"a":[1,{"b":null}],"c":"d"}')).toBe([
			'{',
			'  "a": [',
			'    1,',
			'    {',
			'      "b": null',
			'    }',
			'  ],',
			'  "c": "d"',
			'}',
		].join('\n'))
	})

	it('keeps big numbers, doubled keys and escapes as they came', () => {
		expect(prettyJson('{"n":12345678901234567890,"n":1.0,"u":"\\u00e9"}')).toBe('{\n  "n": 12345678901234567890,\n  "n": 1.0,\n  "u": "\\u00e9"\n}')
	})

	it('keeps braces, commas and quotes inside of texts', () => {
		expect(prettyJson('["{a,\\"b\\":1}"]')).toBe('[\n  "{a,\\"b\\":1}"\n]')
	})

	it.each([['{}', '{}'], ['[]', '[]'], ['{"a":[]}', '{\n  "a": []\n}'], ['true', 'true'], [' 7 ', '7']])('writes %s as %s', (text, pretty) => {
		expect(prettyJson(text)).toBe(pretty)
	})

	it('that is none is left alone', () => {
		expect(prettyJson('{"a":')).toBeNull()
		expect(prettyJson('<a/>')).toBeNull()
	})

	it('of ten thousand levels stays small', () => {
		expect(prettyJson('['.repeat(10_000) + ']'.repeat(10_000))!.length).toBeLessThan(3_000_000)
	})

	it('with one long text needs no stack for it', () => {
		const text = `"${'x\\n'.repeat(500_000)}"`

		expect(prettyJson(text)).toBe(text)
	})
})

describe('the beginning of JSON', () => {
	it.each([1, 2, 3, 7])('is laid out like the whole, in pieces of %i characters', (size) => {
		const text = '{"a":[1.5,{"b":null,"c\\"d":"e , f"}],"g":true,"h":-12e3}'
		const layout = new JsonLayout()
		let laidOut = ''
		for (let offset = 0; offset < text.length; offset += size) {
			laidOut += layout.push(text.slice(offset, offset + size))
		}

		expect(laidOut + layout.rest).toBe(prettyJson(text))
	})

	it('shows what is cut off as far as it goes', () => {
		const layout = new JsonLayout()

		expect(layout.push('{"a":1,"b":"cut he')).toBe('{\n  "a": 1,\n  "b": ')
		expect(layout.rest).toBe('"cut he')
	})
})
