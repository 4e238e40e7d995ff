/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { recallOperation, rememberOperation } from './lastOperation.ts'

const operation = { service: 'Calculator', port: 'CalculatorSoap', operation: 'Add' }

describe('the last operation of a source', () => {
	it('is remembered with its values', () => {
		const last = { operation, values: { intA: '2', list: ['a', null] }, headerValues: {}, isEdited: true }

		rememberOperation('a', last)

		expect(recallOperation('a')).toEqual(last)
		expect(recallOperation('b')).toBeNull()
	})

	it('is remembered without what looks like a secret, wherever it is', () => {
		const values = { login: { user: 'jan', Password: 's3cret', '@apiKey': 's3cret' }, tokens: ['s3cret', { deep: 's3cret' }], people: [{ secret: { a: 's3cret' } }] }

		rememberOperation('a', { operation, values, headerValues: { Signature: 's3cret' }, isEdited: false })

		expect(JSON.stringify(localStorage)).not.toContain('s3cret')
		expect(recallOperation('a')?.values).toEqual({ login: { user: 'jan', Password: '', '@apiKey': '' }, tokens: ['', { deep: '' }], people: [{ secret: { a: '' } }] })
	})

	it('is nothing when the storage holds something else', () => {
		for (const stored of ['{', 'null', '{"operation":{}}', '{"operation":"Add"}']) {
			localStorage.setItem('open_connector:last-operation:a', stored)
			expect(recallOperation('a')).toBeNull()
		}
	})
})
