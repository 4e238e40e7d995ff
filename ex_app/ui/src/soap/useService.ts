/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { MaybeRefOrGetter } from 'vue'
import type { Problem } from '../api/problem.ts'
import type { Service, WsdlUpload } from '../api/service.ts'

import { onScopeDispose, reactive, ref, shallowRef, toValue, watch } from 'vue'
import { isCancelled, toProblem } from '../api/problem.ts'
import { forgetService, readService, refreshService, uploadService } from '../api/service.ts'

/** What is known of a WSDL, and what can be done about it. */
export type ServiceState = ReturnType<typeof useService>

type Task = 'load' | 'refresh' | 'upload' | 'forget'

/**
 * What the WSDL of a source offers, asked for again whenever the source was saved.
 *
 * @param source whose WSDL; null: nobody wants to know yet
 * @param called is told when a call was made for it, which is in the log
 */
export function useService(source: MaybeRefOrGetter<{ id: string, version: number } | null>, called: () => void) {
	const service = shallowRef<Service | null>(null)
	/** Why there is no answer at all */
	const problem = shallowRef<Problem | null>(null)
	const running = ref<Task | null>(null)
	let controller: AbortController | null = null

	/**
	 * The newest wish counts; what was there stays until its answer is.
	 *
	 * @param task what is done
	 * @param ask does it
	 */
	async function run(task: Task, ask: (id: string, signal: AbortSignal) => Promise<Service>): Promise<void> {
		const wanted = toValue(source)
		controller?.abort()
		if (!wanted) {
			return
		}
		const mine = controller = new AbortController()
		running.value = task
		try {
			const answer = await ask(wanted.id, mine.signal)
			if (controller === mine) {
				service.value = answer
				problem.value = null
				if (answer.call) {
					called()
				}
			}
		} catch (error) {
			if (!isCancelled(error) && controller === mine) {
				problem.value = toProblem(error)
			}
		} finally {
			if (controller === mine) {
				running.value = null
			}
		}
	}

	const load = () => run('load', readService)
	const refresh = () => run('refresh', refreshService)
	const upload = (files: WsdlUpload) => run('upload', (id, signal) => uploadService(id, files, signal))
	/** What was uploaded goes, and what its address offers comes in its place. */
	const forget = () => run('forget', async (id, signal) => {
		await forgetService(id)
		return await readService(id, signal)
	})

	watch(() => {
		const wanted = toValue(source)
		return wanted && `${wanted.id} ${wanted.version}`
	}, (now, before) => {
		if (now?.split(' ')[0] !== before?.split(' ')[0]) {
			service.value = null
		}
		void load()
	}, { immediate: true })
	onScopeDispose(() => controller?.abort())

	return reactive({ service, problem, running, load, refresh, upload, forget })
}
