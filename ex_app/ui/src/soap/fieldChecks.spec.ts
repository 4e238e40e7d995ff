/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { fromPicker, limitsOf, patternOf } from './fieldChecks.ts'
import { aField } from './samples.ts'

describe('what the browser checks', () => {
	it.each([
		['number', 'xsd:int', '12', true],
		['number', 'xsd:int', '1.5', false],
		['number', 'xsd:unsignedShort', 'x', false],
		['number', 'xsd:decimal', '-1.5', true],
		['number', 'xsd:decimal', '1,5', false],
		['number', 'xsd:double', '-INF', true],
		['number', 'xsd:double', '1e-3', true],
		['date', 'xsd:date', ' 2026-11-27 ', true],
		['date', 'xsd:date', '27-11-2026', false],
		['datetime', 'xsd:dateTime', '2026-11-27T09:30:00.5+01:00', true],
		['datetime', 'xsd:dateTime', '2026-11-27', false],
		['time', 'xsd:time', '09:30', false],
		['date', 'xsd:date', '{{ now() }}', true],
	] as const)('in a %s of type %s: %s', (kind, type, value, isRight) => {
		expect(new RegExp(`^(?:${patternOf(aField('x', { kind, type }))})$`, 'v').test(value)).toBe(isRight)
	})

	it('is the pattern of the type, as long as it is one that JavaScript knows', () => {
		expect(patternOf(aField('x', { pattern: '[0-9]{4}[A-Z]{2}' }))).toContain('[0-9]{4}[A-Z]{2}')
		expect(patternOf(aField('x', { pattern: '\\i\\c*' }))).toBeUndefined()
		expect(patternOf(aField('x'))).toBeUndefined()
	})
})

describe('limits', () => {
	it('are said in short phrases', () => {
		expect(limitsOf(aField('x', { type: 'Rank', min: '1', max: '5' }))).toEqual(['1 to 5'])
		expect(limitsOf(aField('x', { type: '', min: '1', maxLength: 3, pattern: 'a+' }))).toEqual(['at least 1', 'at most 3 characters', 'form a+'])
		expect(limitsOf(aField('x', { type: 'Rank', max: '5', default: '3' }))).toEqual(['3 when it is not sent', 'at most 5'])
		expect(limitsOf(aField('x', { type: 'xsd:short', min: '-32768', max: '32767' }))).toEqual([])
	})
})

describe('what a picker gives', () => {
	it('is written as XML Schema has it', () => {
		expect(fromPicker('date', '2026-11-27')).toBe('2026-11-27')
		expect(fromPicker('time', '09:30')).toBe('09:30:00')
		expect(fromPicker('datetime', '')).toBe('')
		expect(fromPicker('datetime', '2026-11-27T09:30')).toMatch(/^2026-11-27T09:30:00(Z|[+-]\d{2}:\d{2})$/)
		expect(new Date(fromPicker('datetime', '2026-11-27T09:30')).getTime()).toBe(new Date(2026, 10, 27, 9, 30).getTime())
	})
})
