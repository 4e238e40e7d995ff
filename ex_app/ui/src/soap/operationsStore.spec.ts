/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Envelope, EnvelopeRequest } from '../api/service.ts'

import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../api/problem.ts'
import { makeEnvelope, readForm } from '../api/service.ts'
import { useTestsStore } from '../calls/testsStore.ts'
import { rememberOperation } from './lastOperation.ts'
import { useOperationsStore } from './operationsStore.ts'
import { aField, aForm } from './samples.ts'

vi.mock(import('../api/service.ts'))

const ADD = { service: 'Calculator', port: 'CalculatorSoap', operation: 'Add' }
const DIVIDE = { ...ADD, operation: 'Divide' }
const form = aForm([aField('intA', { isRequired: true }), aField('note')], { example: { intA: 1 } })
const invalid = new Problem('answer', 'Invalid', '', { type: 'x', title: 'Invalid', status: 422, detail: '', errors: [{ pointer: '/values/intA', detail: 'This is needed.', code: 'missing' }] })

/**
 * @param request what was asked for
 */
function envelopeOf(request: EnvelopeRequest): Envelope {
	return { method: 'POST', path: '', headers: [{ name: 'SOAPAction', value: request.operation }], body: JSON.stringify(request.values) }
}

/** Both stores, and the draft that is sent. */
function stores() {
	setActivePinia(createPinia())
	const operations = useOperationsStore()
	const drafts = useTestsStore()
	return { operations, draft: () => drafts.testOf('a').draft, test: () => operations.testOf('a') }
}

beforeEach(() => {
	vi.resetAllMocks()
	vi.mocked(readForm).mockResolvedValue(form)
	vi.mocked(makeEnvelope).mockImplementation(async (_, request) => envelopeOf(request))
})

describe('an operation that is shown', () => {
	it('begins with the example, and makes the request of it', async () => {
		const { operations, draft, test } = stores()

		await operations.show('a', ADD, '1')

		expect(test()).toMatchObject({ name: ADD, isLoading: false, values: { intA: '1', note: '' } })
		expect(draft()).toMatchObject({ method: 'POST', headers: [{ name: 'SOAPAction', value: 'Add' }], body: '{"intA":"1"}' })
	})

	it('is not asked for again while the WSDL is the same, and keeps its values when it is another', async () => {
		const { operations, test } = stores()
		await operations.show('a', ADD, '1')
		test().values.intA = '5'

		await operations.show('a', ADD, '1')
		expect(readForm).toHaveBeenCalledTimes(1)

		await operations.show('a', ADD, '2')
		expect(readForm).toHaveBeenCalledTimes(2)
		expect(test().values.intA).toBe('5')
	})

	it('does not keep the values of another operation', async () => {
		const { operations, test, draft } = stores()
		await operations.show('a', ADD, '1')
		test().values.intA = '5'

		await operations.show('a', DIVIDE, '1')

		expect(test().values.intA).toBe('1')
		expect(draft().headers).toEqual([{ name: 'SOAPAction', value: 'Divide' }])
	})

	it('says why its form cannot be had', async () => {
		const { operations, test } = stores()
		vi.mocked(readForm).mockRejectedValue(new Problem('network', 'gone', ''))

		await operations.show('a', ADD, '1')

		expect(test()).toMatchObject({ isLoading: false, form: null, formProblem: { kind: 'network' } })
	})

	it('is brought back as it was sent last', async () => {
		rememberOperation('a', { operation: DIVIDE, values: { intA: '9' }, headerValues: {}, isEdited: false })
		const { operations, test, draft } = stores()
		expect(test().name).toEqual(DIVIDE)

		await operations.show('a', DIVIDE, '1')

		expect(draft().body).toBe('{"intA":"9"}')
	})
})

describe('the envelope', () => {
	it('of the newest values wins, whatever comes last', async () => {
		const { operations, test, draft } = stores()
		await operations.show('a', ADD, '1')
		const answers: (() => void)[] = []
		vi.mocked(makeEnvelope).mockImplementation((_, request) => new Promise((resolve) => {
			answers.push(() => resolve(envelopeOf(request)))
		}))
		test().values.intA = '2'
		const first = operations.make('a')
		test().values.intA = '3'
		const second = operations.make('a')

		answers[1]!()
		answers[0]!()
		await Promise.all([first, second])

		expect(draft().body).toBe('{"intA":"3"}')
	})

	it('is not made twice of the same', async () => {
		const { operations } = stores()
		await operations.show('a', ADD, '1')

		await operations.make('a')

		expect(makeEnvelope).toHaveBeenCalledTimes(1)
	})

	it('that was edited by hand stays, until it is made again', async () => {
		const { operations, test, draft } = stores()
		await operations.show('a', ADD, '1')
		draft().body = '<mine/>'
		expect(operations.isEdited('a')).toBe(true)

		test().values.intA = '2'
		await operations.prepare('a')
		expect(draft().body).toBe('<mine/>')

		await operations.remake('a')
		expect(draft().body).toBe('{"intA":"2"}')
		expect(operations.isEdited('a')).toBe(false)
	})

	it('that was written by hand while the form cannot make one is sent', async () => {
		vi.mocked(makeEnvelope).mockRejectedValue(invalid)
		const { operations, draft, test } = stores()
		await operations.show('a', ADD, '1')
		expect(draft()).toMatchObject({ method: 'POST', body: '' })

		draft().body = '<mine/>'
		await operations.prepare('a')
		expect(operations.isEdited('a')).toBe(true)

		await operations.remake('a')
		expect(operations.isEdited('a')).toBe(false)
		expect(test().problem).toMatchObject({ status: 422 })
	})

	it('is not asked for again with values that are known to be wrong', async () => {
		vi.mocked(makeEnvelope).mockRejectedValue(invalid)
		const { operations } = stores()
		await operations.show('a', ADD, '1')

		await expect(operations.make('a')).rejects.toMatchObject({ status: 422 })

		expect(makeEnvelope).toHaveBeenCalledTimes(1)
	})

	it('of another operation is gone with it', async () => {
		const { operations, draft } = stores()
		await operations.show('a', ADD, '1')
		vi.mocked(makeEnvelope).mockRejectedValue(invalid)

		await operations.show('a', DIVIDE, '1')

		expect(draft()).toMatchObject({ headers: [], body: '' })
	})

	it('that is edited while another one is on its way stays', async () => {
		const { operations, test, draft } = stores()
		await operations.show('a', ADD, '1')
		test().values.intA = '2'
		const made = operations.make('a')
		draft().body = '<mine/>'

		await made

		expect(draft().body).toBe('<mine/>')
		expect(operations.isEdited('a')).toBe(true)
	})

	it('that was edited by hand is brought back as it was sent', async () => {
		rememberOperation('a', { operation: ADD, values: { intA: '9' }, headerValues: {}, isEdited: true })
		const { operations, draft } = stores()
		draft().body = '<mine/>'

		await operations.show('a', ADD, '1')

		expect(draft().body).toBe('<mine/>')
		expect(operations.isEdited('a')).toBe(true)
	})
})

describe('a request that is about to be sent', () => {
	it('is what the form says, though its envelope was not made yet', async () => {
		const { operations, test, draft } = stores()
		await operations.show('a', ADD, '1')
		test().values.intA = '4'

		await operations.prepare('a')

		expect(draft().body).toBe('{"intA":"4"}')
		expect(localStorage.getItem('open_connector:last-operation:a')).toContain('"intA":"4"')
	})

	it('has a message identifier of its own each time', async () => {
		const { operations, draft } = stores()
		vi.mocked(makeEnvelope).mockImplementation(async (_, request) => ({ ...envelopeOf(request), body: `<wsa:MessageID>${vi.mocked(makeEnvelope).mock.calls.length}` }))
		await operations.show('a', ADD, '1')

		await operations.prepare('a')
		expect(draft().body).toBe('<wsa:MessageID>2')

		await operations.prepare('a')
		expect(draft().body).toBe('<wsa:MessageID>3')
	})

	it('is not sent when the values are wrong, and is when they are mended', async () => {
		const { operations, test, draft } = stores()
		await operations.show('a', ADD, '1')
		vi.mocked(makeEnvelope).mockRejectedValueOnce(invalid)
		test().values.intA = ''
		await expect(operations.prepare('a')).rejects.toBe(invalid)
		await expect(operations.prepare('a')).rejects.toBe(invalid)
		expect(draft().body).toBe('{"intA":"1"}')

		test().values.intA = '6'
		await operations.prepare('a')

		expect(test().problem).toBeNull()
		expect(draft().body).toBe('{"intA":"6"}')
	})

	it('waits for nothing when there is no operation', async () => {
		const { operations } = stores()

		await operations.prepare('a')

		expect(makeEnvelope).not.toHaveBeenCalled()
	})
})
