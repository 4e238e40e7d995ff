/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { aBody } from '../factories.ts'
import { bytesOf, fileName, formatOf, hexLine, isPicture, languageOfBody } from './bodyContent.ts'

describe('the language of a body', () => {
	it.each([
		['application/json; charset=utf-8', 'x', 'json'],
		['application/hal+json', 'x', 'json'],
		['application/soap+xml', 'x', 'xml'],
		['text/html', 'x', 'xml'],
		['text/plain', ' {"a":1}', 'json'],
		[null, '<a/>', 'xml'],
		['text/csv', 'a;b', 'text'],
	])('of type %s is what it says, else how it begins', (mediaType, content, language) => {
		expect(languageOfBody(aBody({ mediaType, content }))).toBe(language)
	})
})

describe('the format of a body', () => {
	it.each([
		['application/json', 'text', 'json'],
		['text/html; charset=utf-8', 'text', 'html'],
		['text/csv', 'text', 'csv'],
		['text/plain', 'text', 'json'],
		['image/png', 'base64', 'image'],
		['image/svg+xml', 'text', 'xml'],
		['multipart/related; boundary=x', 'text', 'multipart'],
		['multipart/related; boundary=x', 'base64', 'multipart'],
		['application/pdf', 'base64', 'binary'],
	] as const)('of type %s as %s is %s', (mediaType, encoding, format) => {
		expect(formatOf(aBody({ mediaType, encoding }))).toBe(format)
	})
})

describe('a binary body', () => {
	it('is decoded', () => {
		expect([...bytesOf(aBody({ encoding: 'base64', content: 'AP8=' }))]).toEqual([0, 255])
	})

	it('may be a picture, but never SVG', () => {
		expect(isPicture(aBody({ encoding: 'base64', mediaType: 'image/png' }))).toBe(true)
		expect(isPicture(aBody({ encoding: 'base64', mediaType: 'image/svg+xml' }))).toBe(false)
	})

	it('is shown in hexadecimal, sixteen bytes a line', () => {
		const bytes = Uint8Array.from({ length: 20 }, (_, index) => 0x41 + index)

		expect(hexLine(bytes, 0)).toBe('00000000  41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP')
		expect(hexLine(bytes, 1)).toBe('00000010  51 52 53 54                                      QRST')
	})
})

describe('the name of a download', () => {
	it.each([
		['application/json', 'text', 'parcels.json'],
		['text/csv', 'text', 'parcels.csv'],
		['image/jpeg', 'base64', 'parcels.jpg'],
		['image/png', 'base64', 'parcels.png'],
		['application/x-thing', 'base64', 'parcels.bin'],
	] as const)('of type %s', (mediaType, encoding, name) => {
		expect(fileName(aBody({ mediaType, encoding }), 'parcels')).toBe(name)
	})
})
