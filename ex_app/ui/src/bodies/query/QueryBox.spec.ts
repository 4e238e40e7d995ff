/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyMatches } from '../../api/bodies.ts'

import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import QueryBox from './QueryBox.vue'
import { queryBody } from '../../api/bodies.ts'
import { Problem } from '../../api/problem.ts'
import { recallExpressions, rememberExpression } from './expressions.ts'

vi.mock(import('../../api/bodies.ts'))
enableAutoUnmount(afterEach)

const query = vi.mocked(queryBody)
const FOUND: BodyMatches = { language: 'jsonpath', total: 0, isComplete: true, matches: [] }

/**
 * @param props other than usual
 */
function mounted(props: Partial<InstanceType<typeof QueryBox>['$props']> = {}) {
	const wrapper = mount(QueryBox, { props: { place: { logId: 'a', position: 0, side: 'response' }, language: 'jsonpath', namespaces: {}, ...props }, attachTo: document.body })
	const evaluate = async (expression: string) => {
		await wrapper.get('input').setValue(expression)
		await wrapper.get('form').trigger('submit')
		await flushPromises()
	}
	return { wrapper, evaluate, found: () => wrapper.emitted('found')?.map(([matches]) => matches) }
}

beforeEach(() => {
	vi.resetAllMocks()
	query.mockResolvedValue(FOUND)
})

describe('the query box', () => {
	it('hands over what the server finds, and remembers the expression', async () => {
		const { evaluate, found } = mounted()

		await evaluate(' $.items[*].name ')

		expect(query.mock.calls[0]!.slice(0, 2)).toEqual([{ logId: 'a', position: 0, side: 'response' }, '$.items[*].name'])
		expect(found()).toEqual([FOUND])
		expect(recallExpressions('jsonpath')).toEqual(['$.items[*].name'])
	})

	it('says below what is wrong with an expression, and does not remember it', async () => {
		const errors = [{ pointer: '/expression', detail: 'A bracket is not closed.', code: 'invalid' }]
		query.mockRejectedValue(new Problem('answer', 'Some fields need attention', '', { type: 'urn:problem:validation', title: 'Some fields need attention', status: 422, detail: null, instance: null, errors } as never))
		const { wrapper, evaluate, found } = mounted()

		await evaluate('$.a[')

		expect(wrapper.get('[role=alert]').text()).toBe('A bracket is not closed.')
		expect(wrapper.get('input').attributes('aria-invalid')).toBe('true')
		expect(found()).toEqual([null])
		expect(recallExpressions('jsonpath')).toEqual([])
	})

	it('is cleared by Escape, which then does not close what is around it', async () => {
		const { wrapper, evaluate, found } = mounted()
		const closed = vi.fn()
		document.body.addEventListener('keydown', closed)
		await evaluate('$.a')

		await wrapper.get('input').trigger('keydown', { key: 'Escape' })
		expect(found()).toEqual([FOUND, null])
		expect(wrapper.get('input').element.value).toBe('')
		expect(closed).not.toHaveBeenCalled()

		await wrapper.get('input').trigger('keydown', { key: 'Escape' })
		expect(closed).toHaveBeenCalledTimes(1)
		document.body.removeEventListener('keydown', closed)
	})

	it('offers the prefixes of the document', async () => {
		const { wrapper } = mounted({ language: 'xpath', namespaces: { soap: 'http://schemas.xmlsoap.org/soap/envelope/' } })

		await wrapper.get('input').setValue('//')
		const button = wrapper.get('.query-box__prefix')
		expect(button.attributes('title')).toBe('http://schemas.xmlsoap.org/soap/envelope/')
		await button.trigger('click')

		expect(wrapper.get('input').element.value).toBe('//soap:')
	})
})

describe('remembered expressions', () => {
	it('are the last ten, the latest first, each once', () => {
		for (let number = 0; number < 12; number++) {
			rememberExpression('xpath', `//a${number}`)
		}

		expect(rememberExpression('xpath', '//a5').slice(0, 3)).toEqual(['//a5', '//a11', '//a10'])
		expect(recallExpressions('xpath')).toHaveLength(10)
		expect(recallExpressions('jsonpath')).toEqual([])
	})
})
