/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { prettyXml } from './prettyXml.ts'

describe('XML', () => {
	it('is laid out over lines', () => {
		expect(prettyXml('<?xml version="1.0"?><a x="1>0"><b>text</b><c/><!-- note --></a>')).toBe([
			'<?xml version="1.0"?>',
			'<a x="1>0">',
			'  <b>text</b>',
			'  <c/>',
			'  <!-- note -->',
			'</a>',
		].join('\n'))
	})

	it('keeps the space in elements that hold text', () => {
		expect(prettyXml('<a><p> one <b>two</b>\n three </p></a>')).toBe('<a>\n  <p> one <b>two</b>\n three </p>\n</a>')
	})

	it('keeps CDATA and empty elements', () => {
		expect(prettyXml('<a><b><![CDATA[<x>]]></b><c></c></a>')).toBe('<a>\n  <b><![CDATA[<x>]]></b>\n  <c></c>\n</a>')
	})

	it.each(['<a><b></a></b>', '<a>', '</a>', '<p>one<br>two</p>', '<a', 'a < b'])('whose tags do not match is left alone: %s', (text) => {
		expect(prettyXml(text)).toBeNull()
	})

	it('takes out old indentation', () => {
		expect(prettyXml('<a>\n\n        <b/>\n</a>\n')).toBe('<a>\n  <b/>\n</a>')
	})

	it('that is cut off is laid out as far as it goes', () => {
		expect(prettyXml('<a><b>x</b><c><d>te', true)).toBe('<a>\n  <b>x</b>\n  <c>\n    <d>te')
		expect(prettyXml('<a><b/><c na', true)).toBe('<a>\n  <b/>\n  <c na')
		expect(prettyXml('<a></b>', true)).toBeNull()
	})

	it('that is strange takes no longer than other texts', () => {
		const started = performance.now()

		expect(prettyXml('<'.repeat(200_000))).toBeNull()
		expect(prettyXml(`<${'a'.repeat(200_000)}`)).toBeNull()
		expect(prettyXml('<a>'.repeat(100_000))).toBeNull()
		expect(performance.now() - started).toBeLessThan(1000)
	})
})
