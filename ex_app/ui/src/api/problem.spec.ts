/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { aSource } from '../factories.ts'
import { Problem, toProblem } from './problem.ts'

/**
 * @param status of the answer
 * @param data its body
 * @param contentType its kind
 */
function failure(status: number, data: unknown, contentType = 'application/problem+json') {
	return { isAxiosError: true, response: { status, data, headers: { 'content-type': contentType } } }
}

describe('a problem', () => {
	it('takes over the words of the app', () => {
		const problem = toProblem(failure(422, {
			type: 'urn:openconnector:problem:validation',
			title: 'Invalid',
			status: 422,
			detail: 'One field is wrong.',
			errors: [{ pointer: '/name', detail: 'Too long.', code: 'too_long' }],
		}))

		expect(problem).toMatchObject({ kind: 'answer', title: 'Invalid', detail: 'One field is wrong.', status: 422, type: 'validation' })
		expect(problem.fieldErrors).toEqual([{ pointer: '/name', detail: 'Too long.', code: 'too_long' }])
	})

	it('brings what is stored along when somebody else was faster', () => {
		const current = aSource({ version: 7 })
		const problem = toProblem(failure(409, { type: 'urn:openconnector:problem:version-conflict', title: 'Changed', status: 409, detail: '', current }))

		expect(problem.type).toBe('version-conflict')
		expect(problem.current).toEqual(current)
	})

	it('knows the page with which Nextcloud refuses to pass a request on', () => {
		expect(toProblem(failure(404, '<!DOCTYPE html>…', 'text/html; charset=UTF-8')).kind).toBe('notAllowed')
	})

	it('does not take a missing source for a refusal', () => {
		const problem = toProblem(failure(404, { type: 'urn:openconnector:problem:not-found', title: 'Not found', status: 404, detail: '' }))

		expect(problem).toMatchObject({ kind: 'answer', status: 404 })
	})

	it.each([[500, ''], [502, '<html></html>']])('says that the app does not answer (%s)', (status, data) => {
		expect(toProblem(failure(status, data, 'text/html'))).toMatchObject({ kind: 'unavailable', detail: expect.stringContaining(String(status)) })
	})

	it('tells a slow server from a missing one', () => {
		expect(toProblem({ isAxiosError: true, code: 'ECONNABORTED' }).kind).toBe('timeout')
		expect(toProblem({ isAxiosError: true, code: 'ERR_NETWORK' }).kind).toBe('network')
	})

	it('passes itself through, and lets a bug be a bug', () => {
		const problem = new Problem('network', 'x', '')
		expect(toProblem(problem)).toBe(problem)
		expect(() => toProblem(new TypeError('bug'))).toThrow('bug')
	})
})
