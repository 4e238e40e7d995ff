/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Problem } from '../api/problem.ts'
import type { Call, PagesRead, Pagination, Verification } from '../api/types.ts'
import type { RequestDraft } from './requestDraft.ts'

import { defineStore } from 'pinia'
import { ref } from 'vue'
import { cancelCall, testSource, verifySource } from '../api/calls.ts'
import { toProblem } from '../api/problem.ts'
import { newCallId } from './callId.ts'
import { recallRequest, rememberRequest } from './lastRequest.ts'
import { toTestRequest, toVerifyRequest } from './requestDraft.ts'

/** How long a cancelled call may take to answer before we stop waiting for it. */
const CANCEL_GRACE_MS = 5000

type Task = 'call' | 'verification'

/** The test of one source: what is being written, what runs, what came back. */
export interface SourceTest {
	draft: RequestDraft
	/** What was asked for last, and is shown */
	task: Task
	call: Call | null
	/** What following the pages of the call came to; null where they were not followed */
	pages: PagesRead | null
	/** How the pages of its answer are followed next; null: nothing was chosen */
	pagination: Pagination | null
	verification: Verification | null
	problem: Problem | null
	running: { callId: string, startedAt: number, isCancelling: boolean, followsPages: boolean } | null
}

/** The tests of all sources, so that going to another tab and back loses nothing. */
export const useTestsStore = defineStore('tests', () => {
	const tests = ref<Record<string, SourceTest>>({})
	const controllers = new Map<string, AbortController>()
	const preparations = new Map<string, () => Promise<void>>()

	/**
	 * @param sourceId whose test
	 */
	function testOf(sourceId: string): SourceTest {
		tests.value[sourceId] ??= { draft: recallRequest(sourceId), task: 'call', call: null, pages: null, pagination: null, verification: null, problem: null, running: null }
		return tests.value[sourceId]
	}

	/**
	 * Some requests are made from something else, which has to be done before they are sent.
	 *
	 * @param sourceId whose requests
	 * @param preparation does it, or throws a problem that keeps the request from being sent
	 * @return ends it
	 */
	function prepare(sourceId: string, preparation: () => Promise<void>): () => void {
		preparations.set(sourceId, preparation)
		return () => preparations.delete(sourceId)
	}

	/**
	 * Make the call, and keep what came back. Another answer may go on in another way than the one before, so only what
	 * its pages were followed by stays chosen.
	 *
	 * @param sourceId which source
	 * @param pagination how the pages of its answer are followed; null: they are not
	 * @throws {Problem} when the request was not accepted
	 */
	async function send(sourceId: string, pagination: Pagination | null = null): Promise<void> {
		const test = testOf(sourceId)
		const preparation = preparations.get(sourceId)
		if (preparation && !test.running) {
			await prepared(test, preparation)
		}
		await run(test, 'call', async (callId, signal) => {
			rememberRequest(sourceId, test.draft)
			const { pages, ...call } = await testSource(sourceId, { ...toTestRequest(test.draft, callId), pages: pagination }, signal)
			test.call = call
			test.pages = pages
			test.pagination = pagination && (test.pagination ?? pagination)
		}, pagination !== null)
	}

	/**
	 * Prepare a call. That shows as a part of it, but there is nothing yet that could be cancelled.
	 *
	 * @param test of which source
	 * @param preparation what is done
	 */
	async function prepared(test: SourceTest, preparation: () => Promise<void>): Promise<void> {
		test.running = { callId: '', startedAt: performance.now(), isCancelling: true, followsPages: false }
		try {
			await preparation()
		} finally {
			test.running = null
		}
	}

	/**
	 * Go the way of a call step by step, and keep what was found.
	 *
	 * @param sourceId which source
	 * @throws {Problem} when the request was not accepted
	 */
	async function verify(sourceId: string): Promise<void> {
		const test = testOf(sourceId)
		await run(test, 'verification', async (callId, signal) => {
			test.verification = await verifySource(sourceId, toVerifyRequest(test.draft, callId), signal)
		})
	}

	/**
	 * One thing at a time.
	 *
	 * @param test whose
	 * @param task what is done
	 * @param job does it, so that it can be cancelled by its id and given up by its signal
	 * @param followsPages whether it is many requests
	 */
	async function run(test: SourceTest, task: Task, job: (callId: string, signal: AbortSignal) => Promise<void>, followsPages = false): Promise<void> {
		if (test.running) {
			return
		}
		const callId = newCallId()
		const controller = new AbortController()
		controllers.set(callId, controller)
		test.running = { callId, startedAt: performance.now(), isCancelling: false, followsPages }
		test.task = task
		test.problem = null
		try {
			await job(callId, controller.signal)
		} catch (error) {
			if (!controller.signal.aborted) {
				test.problem = toProblem(error)
				throw test.problem
			}
			test[task] = null
		} finally {
			controllers.delete(callId)
			test.running = null
		}
	}

	/**
	 * End the running call. The server answers the test with what it had; when it does not, we stop waiting.
	 *
	 * @param sourceId which source
	 */
	async function cancel(sourceId: string): Promise<void> {
		const { running } = testOf(sourceId)
		if (!running || running.isCancelling) {
			return
		}
		running.isCancelling = true
		const controller = controllers.get(running.callId)
		window.setTimeout(() => controller?.abort(), CANCEL_GRACE_MS)
		try {
			await cancelCall(running.callId)
		} catch (error) {
			// It has ended by itself in the meantime, or the server is gone; both show in the answer of the test.
			toProblem(error)
		}
	}

	return { testOf, prepare, send, verify, cancel }
})
