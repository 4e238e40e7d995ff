/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Problem } from '../api/problem.ts'
import type { Envelope, EnvelopeRequest, OperationForm, OperationName } from '../api/service.ts'
import type { RequestDraft } from '../calls/requestDraft.ts'
import type { FormValues } from './formValues.ts'

import { defineStore } from 'pinia'
import { markRaw, ref } from 'vue'
import { isCancelled, toProblem } from '../api/problem.ts'
import { makeEnvelope, readForm } from '../api/service.ts'
import { useTestsStore } from '../calls/testsStore.ts'
import { asEdited, withEnvelope, withoutHeaders } from './envelope.ts'
import { filledValues, fitValues } from './formValues.ts'
import { recallOperation, rememberOperation } from './lastOperation.ts'

/** The operation of one source that is tried out, and the request that is made of it. */
export interface OperationTest {
	name: OperationName | null
	form: OperationForm | null
	/** Which state of the WSDL the form was made from */
	formOf: string | null
	formProblem: Problem | null
	isLoading: boolean
	values: FormValues
	headerValues: FormValues
	/** The newest envelope from the form, and the request for it, as JSON */
	made: Envelope | null
	madeFrom: string
	/** Why there is none for what the form says now, and the request that has failed */
	problem: Problem | null
	failedFrom: string
	/** What the form began with: nobody needs to hear at once what is missing there */
	begunFrom: string
	/** The body that was put into the request; another one was written by hand. Null: the one that was brought back was */
	body: string | null
}

/** The operations of all sources that are tried out, so that going to another tab and back loses nothing. */
export const useOperationsStore = defineStore('operations', () => {
	const tests = ref<Record<string, OperationTest>>({})
	const drafts = useTestsStore()
	const loading = new Map<string, AbortController>()
	const making = new Map<string, { controller: AbortController, from: string, done: Promise<void> }>()

	/**
	 * @param sourceId of which source
	 */
	function testOf(sourceId: string): OperationTest {
		if (!tests.value[sourceId]) {
			const last = recallOperation(sourceId)
			tests.value[sourceId] = {
				name: last?.operation ?? null,
				form: null,
				formOf: null,
				formProblem: null,
				isLoading: false,
				values: last?.values ?? {},
				headerValues: last?.headerValues ?? {},
				made: null,
				madeFrom: '',
				problem: null,
				failedFrom: '',
				begunFrom: '',
				body: last?.isEdited ? null : drafts.testOf(sourceId).draft.body,
			}
		}
		return tests.value[sourceId]!
	}

	/**
	 * Whether the envelope is not the one of the form any more.
	 *
	 * @param sourceId of which source
	 */
	function isEdited(sourceId: string): boolean {
		return drafts.testOf(sourceId).draft.body !== testOf(sourceId).body
	}

	/**
	 * @param sourceId of which source
	 * @param changes to its request
	 */
	function write(sourceId: string, changes: Partial<RequestDraft>) {
		Object.assign(drafts.testOf(sourceId).draft, changes)
		testOf(sourceId).body = drafts.testOf(sourceId).draft.body
	}

	/**
	 * Show the form of an operation. The values of the one that is shown already stay, as far as they fit.
	 *
	 * @param sourceId of which source
	 * @param name which operation
	 * @param formOf which state of the WSDL it comes from: a form of the same state is not fetched again
	 */
	async function show(sourceId: string, name: OperationName, formOf: string): Promise<void> {
		const test = testOf(sourceId)
		const isSame = JSON.stringify(test.name) === JSON.stringify(name)
		if (isSame && test.form && test.formOf === formOf) {
			return
		}
		loading.get(sourceId)?.abort()
		const controller = new AbortController()
		loading.set(sourceId, controller)
		const keepsEdit = isSame && isEdited(sourceId)
		// The values of another operation say nothing about this one.
		const former = isSame ? { values: test.values, headerValues: test.headerValues } : null
		Object.assign(test, { name, isLoading: true, formProblem: null, ...(isSame ? {} : { form: null, values: {}, headerValues: {} }) })
		try {
			take(test, await readForm(sourceId, name, controller.signal), former)
			Object.assign(test, { formOf, begunFrom: JSON.stringify(requestOf(test)) })
			if (!keepsEdit) {
				await remake(sourceId)
			}
		} catch (error) {
			if (!isCancelled(error)) {
				test.formProblem = toProblem(error)
			}
		} finally {
			if (loading.get(sourceId) === controller) {
				test.isLoading = false
			}
		}
	}

	/**
	 * @param test whose form it is
	 * @param form what came
	 * @param former values that go into it, if they are of the same operation
	 */
	function take(test: OperationTest, form: OperationForm, former: Pick<OperationTest, 'values' | 'headerValues'> | null) {
		const isUsed = former !== null && Object.keys({ ...former.values, ...former.headerValues }).length > 0
		test.form = markRaw(form)
		test.values = fitValues(form.fields, isUsed ? former.values : form.example)
		test.headerValues = fitValues(form.headers, isUsed ? former.headerValues : form.example)
	}

	/**
	 * What the form says, as the server wants it.
	 *
	 * @param test of an operation whose form is there
	 */
	function requestOf(test: OperationTest): EnvelopeRequest | null {
		const { name, form, values, headerValues } = test
		return name && form && { ...name, values: filledValues(form.fields, values), headerValues: filledValues(form.headers, headerValues) }
	}

	/**
	 * Make the envelope of what the form says, unless it was made already or was written by hand. The newest wish wins.
	 *
	 * @param sourceId of which source
	 * @throws {Problem} when there is something wrong with the values
	 */
	function make(sourceId: string): Promise<void> {
		const test = testOf(sourceId)
		const wanted = requestOf(test)
		const from = JSON.stringify(wanted)
		const current = making.get(sourceId)
		if (current?.from === from) {
			return current.done
		}
		current?.controller.abort()
		making.delete(sourceId)
		if (!wanted || isEdited(sourceId) || (from === test.madeFrom && !test.problem)) {
			return Promise.resolve()
		}
		if (from === test.failedFrom && test.problem && test.problem.fieldErrors.length > 0) {
			return Promise.reject(test.problem)
		}
		const controller = new AbortController()
		const done = ask(sourceId, wanted, controller.signal).finally(() => {
			if (making.get(sourceId)?.controller === controller) {
				making.delete(sourceId)
			}
		})
		making.set(sourceId, { controller, from, done })
		return done
	}

	/**
	 * @param sourceId of which source
	 * @param wanted what the form says
	 * @param signal gives it up
	 */
	async function ask(sourceId: string, wanted: EnvelopeRequest, signal: AbortSignal): Promise<void> {
		const test = testOf(sourceId)
		try {
			const envelope = asEdited(await makeEnvelope(sourceId, wanted, signal))
			// Whoever has begun to write another one in the meantime keeps that.
			if (!signal.aborted && !isEdited(sourceId)) {
				write(sourceId, withEnvelope(drafts.testOf(sourceId).draft, envelope, test.made))
				Object.assign(test, { made: markRaw(envelope), madeFrom: JSON.stringify(wanted), problem: null })
			}
		} catch (error) {
			if (!isCancelled(error) && !signal.aborted) {
				Object.assign(test, { failedFrom: JSON.stringify(wanted), problem: toProblem(error) })
				throw test.problem
			}
		}
	}

	/**
	 * Make the envelope of what the form says in any case, with all its headers. What is wrong with the values is kept with the operation.
	 *
	 * @param sourceId of which source
	 */
	async function remake(sourceId: string): Promise<void> {
		const test = testOf(sourceId)
		write(sourceId, { method: 'POST', headers: withoutHeaders(drafts.testOf(sourceId).draft.headers, test.made?.headers ?? []), body: '' })
		Object.assign(test, { made: null, madeFrom: '', problem: null })
		await make(sourceId).catch(toProblem)
	}

	/**
	 * The request is about to be sent: it shall be what the form says.
	 *
	 * @param sourceId of which source
	 * @throws {Problem} when there is something wrong with the values
	 */
	async function prepare(sourceId: string): Promise<void> {
		// WS-Addressing: the identifier of a message is for one message only.
		if (testOf(sourceId).made?.body.includes('MessageID>')) {
			testOf(sourceId).madeFrom = ''
		}
		do {
			await make(sourceId)
		} while (making.has(sourceId))
		const { name, form, values, headerValues } = testOf(sourceId)
		if (name && form) {
			rememberOperation(sourceId, { operation: name, values, headerValues, isEdited: isEdited(sourceId) })
		}
	}

	return { testOf, isEdited, show, make, remake, prepare }
})
