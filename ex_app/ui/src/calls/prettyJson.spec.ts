/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { prettyJson } from './prettyJson.ts'

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
})
