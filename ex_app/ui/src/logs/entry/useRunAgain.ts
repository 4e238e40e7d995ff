/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'
import type { Problem } from '../../api/problem.ts'
import type { Call, Source } from '../../api/types.ts'
import type { RepeatedRequest } from './repeatedRequest.ts'

import { computed, ref, shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'
import { readContent } from '../../api/bodies.ts'
import { cancelCall, testSource } from '../../api/calls.ts'
import { toProblem } from '../../api/problem.ts'
import { readSource } from '../../api/sources.ts'
import { newCallId } from '../../calls/callId.ts'
import { useTestsStore } from '../../calls/testsStore.ts'
import { useComparisonStore } from '../../comparison/comparisonStore.ts'
import { choose } from '../../components/confirm.ts'
import { toastProblem, toastSuccess, toastWithAction } from '../../components/toasts.ts'
import { t } from '../../l10n.ts'
import { harmOf, isRemoved, leftOutWords, ownExchange, repeatedRequest } from './repeatedRequest.ts'

const MIB = 1024 * 1024
/** What a test may send. */
const LARGEST_BODY = 10 * MIB

/**
 * Sends the request of a logged call again, as it was or after it was edited.
 *
 * @param entry the call
 */
export function useRunAgain(entry: Ref<Call | null>) {
	const router = useRouter()
	const tests = useTestsStore()
	const comparison = useComparisonStore()
	/** The entries that are being sent again, and the names of the calls */
	const running = ref(new Map<string, string>())
	/** Those of them that shall not be sent, or not go on */
	const unwanted = new Set<string>()
	const isRunning = computed(() => running.value.has(entry.value?.id ?? ''))
	/** The new call, once it has ended */
	const result = shallowRef<Call | null>(null)
	const problem = shallowRef<Problem | null>(null)
	/** What is in the way of sending it as it was */
	const obstacles = ref<string[]>([])
	/** Headers and parameters that were not sent again, because only their mask is known */
	const leftOut = ref<string[]>([])
	const canEdit = ref(false)

	watch(() => entry.value?.id, () => {
		result.value = problem.value = null
		obstacles.value = leftOut.value = []
		canEdit.value = false
	})

	/**
	 * The request, ready to be sent, and where it goes.
	 *
	 * @param call the logged call
	 */
	async function prepare(call: Call): Promise<{ source: Source, repeated: RepeatedRequest }> {
		const exchange = ownExchange(call)!
		const source = await readSource(call.sourceId)
		return { source, repeated: repeatedRequest(exchange, source, await contentOf(call)) }
	}

	/** Sends it at once, as it was. What may do harm twice is asked about. */
	async function sendSame(): Promise<void> {
		const call = entry.value
		const harm = harmOf(call?.method ?? '')
		if (!call || isRunning.value || (harm && !await confirmSending(call, harm))) {
			return
		}
		await run(call, async (callId) => {
			const { source, repeated } = await prepare(call)
			if (entry.value?.id === call.id) {
				obstacles.value = repeated.obstacles
				leftOut.value = repeated.leftOut
				canEdit.value = repeated.isEditable
			}
			if (repeated.obstacles.length === 0 && !unwanted.has(callId)) {
				const made = await testSource(source.id, { ...repeated.request, callId })
				if (entry.value?.id === call.id) {
					result.value = made
				} else {
					const open = () => router.push({ name: 'log', params: { entry: made.logId } })
					toastWithAction(t('open_connector', 'Sent again'), t('open_connector', 'Open the new entry'), open)
				}
			}
		})
	}

	/** Shows it in the Test tab of its source. */
	async function edit(): Promise<void> {
		const call = entry.value
		if (!call || isRunning.value) {
			return
		}
		await run(call, async () => {
			const { source, repeated } = await prepare(call)
			const { method, path, query, headers, body } = repeated.request
			tests.testOf(source.id).draft = {
				method: method ?? 'GET',
				path: path ?? '',
				query: query ?? [],
				headers: headers ?? [],
				body: body ?? '',
			}
			// What comes of it is most likely compared with this one.
			comparison.pick(call)
			await router.push({ name: 'source', params: { source: source.slug, tab: 'test' } })
			const notes = [...repeated.obstacles, ...(repeated.leftOut.length > 0 ? [leftOutWords(repeated.leftOut)] : [])]
			if (notes.length > 0) {
				toastSuccess(notes.join(' '))
			}
		})
	}

	/**
	 * @param call whose request it is
	 * @param job what is done; it is told the name of the new call
	 */
	async function run(call: Call, job: (callId: string) => Promise<void>): Promise<void> {
		const callId = newCallId()
		running.value.set(call.id, callId)
		result.value = problem.value = null
		try {
			await job(callId)
		} catch (error) {
			if (entry.value?.id === call.id) {
				problem.value = toProblem(error)
			} else {
				toastProblem(error)
			}
		} finally {
			running.value.delete(call.id)
			unwanted.delete(callId)
		}
	}

	/** Stops it. Where it is on its way, what comes then is the answer of the cancelled call. */
	async function cancel(): Promise<void> {
		const callId = running.value.get(entry.value?.id ?? '')
		if (callId) {
			unwanted.add(callId)
			await cancelCall(callId).catch(() => {
				// It has just ended, or is not on its way yet, and will not be.
			})
		}
	}

	return { isRunning, result, problem, obstacles, leftOut, canEdit, sendSame, cancel, edit }
}

/**
 * All of the body of its request; null where it is not kept.
 *
 * @param call from the log
 */
async function contentOf(call: Call): Promise<string | null> {
	const exchange = ownExchange(call)
	const body = exchange?.request.body
	if (!exchange || !body || isRemoved(body) || body.keptSize > LARGEST_BODY) {
		return null
	}
	if (!body.isPreview) {
		return body.content
	}
	const bytes = await readContent({ logId: call.id, position: exchange.position, side: 'request' }, 0)
	return body.encoding === 'text' ? new TextDecoder().decode(bytes) : base64(bytes)
}

/**
 * @param bytes of a body
 */
function base64(bytes: Uint8Array): string {
	let text = ''
	for (let start = 0; start < bytes.length; start += 8192) {
		text += String.fromCharCode(...bytes.subarray(start, start + 8192))
	}
	return btoa(text)
}

/**
 * @param call that is made again
 * @param harm what that may do
 */
async function confirmSending(call: Call, harm: string): Promise<boolean> {
	const answer = await choose({
		title: t('open_connector', 'Send this {method} request again?', { method: call.method }),
		text: [`${call.method} ${call.url}`, harm],
		choices: [
			{ value: 'cancel', label: t('open_connector', 'Cancel') },
			{ value: 'send', label: t('open_connector', 'Send again'), variant: 'primary' },
		],
	})
	return answer === 'send'
}
