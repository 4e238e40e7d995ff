/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Token } from '../../../../api/authentication.ts'
import type { Problem } from '../../../../api/problem.ts'
import type { Call } from '../../../../api/types.ts'

import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { cancelCall } from '../../../../api/calls.ts'
import { isCancelled, toProblem } from '../../../../api/problem.ts'
import { fetchToken, forgetToken, readToken } from '../../../../api/tokens.ts'
import { newCallId } from '../../../../calls/callId.ts'

/** How long a cancelled request may take to answer before we stop waiting for it. */
const CANCEL_GRACE_MS = 5000

/**
 * The token of a source: what is kept, another one, none.
 *
 * @param source which source, in which version: another configuration has another token. Null: nothing to ask about
 */
export function useToken(source: () => { id: string, version: number } | null) {
	/** What is kept; undefined until known */
	const token = shallowRef<Token | null>()
	/** The call that was made for the last token that was asked for */
	const call = shallowRef<Call | null>(null)
	/** Why nothing could be asked at all */
	const problem = shallowRef<Problem | null>(null)
	const running = ref<{ callId: string, startedAt: number, isCancelling: boolean } | null>(null)
	let reading: AbortController | null = null
	let fetching: AbortController | null = null

	/** Asks what is kept. A failure keeps what was known. */
	async function load() {
		reading?.abort()
		const asked = source()
		if (!asked) {
			return
		}
		const controller = reading = new AbortController()
		try {
			token.value = await readToken(asked.id, controller.signal)
			problem.value = null
		} catch (error) {
			if (!isCancelled(error)) {
				problem.value = toProblem(error)
			}
		}
	}

	/** @return whether there is another token now */
	async function fetch(): Promise<boolean> {
		const asked = source()
		if (running.value || !asked) {
			return false
		}
		const controller = fetching = new AbortController()
		const callId = newCallId()
		running.value = { callId, startedAt: performance.now(), isCancelling: false }
		problem.value = null
		call.value = null
		try {
			const fetched = await fetchToken(asked.id, callId, controller.signal)
			call.value = fetched.call
			token.value = fetched.token ?? token.value
			return fetched.token !== null
		} catch (error) {
			if (!isCancelled(error)) {
				problem.value = toProblem(error)
			}
			return false
		} finally {
			running.value = null
		}
	}

	/** Ends the running request. The server answers with what it had; when it does not, we stop waiting. */
	async function cancel() {
		if (!running.value || running.value.isCancelling) {
			return
		}
		running.value.isCancelling = true
		window.setTimeout(() => fetching?.abort(), CANCEL_GRACE_MS)
		try {
			await cancelCall(running.value.callId)
		} catch (error) {
			// It has ended by itself in the meantime, or the server is gone; both show in the answer.
			toProblem(error)
		}
	}

	/** @throws {Problem} when it is not forgotten */
	async function forget() {
		const asked = source()
		if (asked) {
			await forgetToken(asked.id)
		}
		token.value = null
		call.value = null
		problem.value = null
	}

	watch(() => source()?.version, () => {
		call.value = null
		void load()
	}, { immediate: true })
	onScopeDispose(() => {
		reading?.abort()
		fetching?.abort()
	})

	return { token, call, problem, running, load, fetch, cancel, forget }
}
