/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FieldErrors } from './fieldErrors.ts'

import { mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { Problem } from '../api/problem.ts'
import { provideFieldErrors } from './fieldErrors.ts'

/**
 * @param pointers where the mistakes are
 */
function problemAt(...pointers: string[]) {
	const errors = pointers.map((pointer) => ({ pointer, detail: `wrong ${pointer}`, code: 'wrong' }))
	return new Problem('answer', 'Invalid', '', { type: 'x', title: 'Invalid', status: 422, detail: '', errors })
}

let fieldErrors: FieldErrors

beforeEach(() => {
	mount(defineComponent({
		setup() {
			fieldErrors = provideFieldErrors()
			return () => h('div')
		},
	}))
})

describe('field errors', () => {
	it('are found by their pointer', () => {
		expect(fieldErrors.take(problemAt('/name', '/headers/0/value'))).toBe(true)

		expect(fieldErrors.at('/headers/0/value')).toBe('wrong /headers/0/value')
		expect(fieldErrors.at('/location')).toBeUndefined()
		expect(fieldErrors.count.value).toBe(2)
	})

	it('say when there are none', () => {
		expect(fieldErrors.take(problemAt())).toBe(false)
	})

	it('are forgotten with everything below them, and nothing beside', () => {
		fieldErrors.take(problemAt('/headers/0/value', '/headers/1/name', '/headersX'))

		fieldErrors.clear('/headers')

		expect(fieldErrors.at('/headers/0/value')).toBeUndefined()
		expect(fieldErrors.at('/headersX')).toBeDefined()
	})

	it('of the parts of a value stand at the field that holds the whole of it', () => {
		const leave = fieldErrors.place('/retry/statuses', true)
		fieldErrors.take(problemAt('/retry/statuses/3', '/retry/statusesX'))

		expect(fieldErrors.at('/retry/statuses')).toBeUndefined()
		expect(fieldErrors.at('/retry/statuses', true)).toBe('wrong /retry/statuses/3')
		expect(fieldErrors.unplaced.value).toEqual(['wrong /retry/statusesX'])

		leave()
		expect(fieldErrors.unplaced.value).toHaveLength(2)
	})

	it('without a field on the page are kept apart', () => {
		const leave = fieldErrors.place('/name')
		fieldErrors.take(problemAt('/name', '/somewhere'))

		expect(fieldErrors.unplaced.value).toEqual(['wrong /somewhere'])

		leave()
		expect(fieldErrors.unplaced.value).toEqual(['wrong /name', 'wrong /somewhere'])
	})
})
