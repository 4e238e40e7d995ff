/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { recallWay, rememberWay, wayName, waysOf } from './ways.ts'

const CONDITIONS = { isText: true, isStored: true, hasTree: null, hasParts: false, isPicture: false }
const OF_BINARY = { ...CONDITIONS, isText: false }

describe('the ways to look at a body', () => {
	it.each([
		['json', CONDITIONS, ['text', 'tree', 'table', 'hex']],
		['json', { ...CONDITIONS, hasTree: false }, ['text', 'hex']],
		['json', { ...CONDITIONS, hasTree: true, isStored: false }, ['text', 'tree', 'hex']],
		['xml', { ...CONDITIONS, hasTree: true }, ['text', 'tree', 'table', 'hex']],
		['csv', CONDITIONS, ['table', 'text', 'hex']],
		['csv', { ...CONDITIONS, hasTree: true }, ['table', 'text', 'tree', 'hex']],
		['html', { ...CONDITIONS, hasTree: false }, ['text', 'preview', 'hex']],
		['text', CONDITIONS, ['text', 'hex']],
		['image', { ...OF_BINARY, isPicture: true }, ['preview', 'hex']],
		['multipart', { ...OF_BINARY, hasParts: true }, ['parts', 'hex']],
		['binary', OF_BINARY, ['hex']],
	] as const)('of format %s are those that make sense', (format, conditions, ways) => {
		expect(waysOf(format, conditions)).toEqual(ways)
	})

	it('show records, which are a table of their own in CSV', () => {
		expect([wayName('table', 'json'), wayName('table', 'xml'), wayName('table', 'csv')]).toEqual(['Records', 'Records', 'Table'])
	})

	it('are remembered for each format', () => {
		rememberWay('json', 'tree')

		expect(recallWay('json', ['text', 'tree', 'hex'])).toBe('tree')
		expect(recallWay('xml', ['text', 'tree', 'hex'])).toBe('text')
	})

	it('fall back to the usual one where the remembered one makes no sense', () => {
		rememberWay('json', 'tree')

		expect(recallWay('json', ['text', 'hex'])).toBe('text')
	})
})
