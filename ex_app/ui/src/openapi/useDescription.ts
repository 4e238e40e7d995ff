/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { MaybeRefOrGetter } from 'vue'
import type { Problem } from '../api/problem.ts'
import type { DescriptionWanted, LoadedDescription, OperationList } from './descriptionApi.ts'

import { computed, onScopeDispose, reactive, ref, shallowRef, toValue, watch } from 'vue'
import { isCancelled, toProblem } from '../api/problem.ts'
import { toastProblem } from '../components/toasts.ts'
import { findDescription, forgetDescription, listOperations, loadDescription } from './descriptionApi.ts'

/** What is known of the API of a source, and what can be done about it. */
export type DescriptionState = ReturnType<typeof useDescription>

type Task = 'url' | 'file' | 'find' | 'forget'

const NONE: OperationList = { description: null, results: [], total: 0 }

/**
 * The description of the API of a source. Its operations are there once it was loaded.
 *
 * @param source whose; null: it is of a type that has none
 * @param called is told when a call was made for it, which is in the log
 */
export function useDescription(source: MaybeRefOrGetter<{ id: string, version: number } | null>, called: () => void) {
	const list = shallowRef<OperationList | null>(null)
	const running = ref<Task | null>(null)
	/** What the last attempt to load one came to, when it came to nothing */
	const failed = shallowRef<LoadedDescription | null>(null)
	let controller: AbortController | null = null

	/** Without it, requests are written by hand as before: no reason for an error on the page. */
	async function read(): Promise<void> {
		const wanted = toValue(source)
		controller?.abort()
		const mine = controller = new AbortController()
		try {
			const answer = wanted ? await listOperations(wanted.id, mine.signal) : NONE
			if (controller === mine) {
				list.value = answer
			}
		} catch (error) {
			if (!isCancelled(error) && controller === mine) {
				list.value ??= NONE
			}
		}
	}

	/**
	 * @param task what is done
	 * @param ask does it
	 * @return whether a description was loaded
	 * @throws {Problem} when what was entered is not accepted
	 */
	async function load(task: Task, ask: (id: string) => Promise<LoadedDescription>): Promise<boolean> {
		const wanted = toValue(source)
		if (!wanted || running.value) {
			return false
		}
		running.value = task
		failed.value = null
		try {
			const answer = await ask(wanted.id)
			if (answer.call) {
				called()
			}
			if (toValue(source)?.id !== wanted.id) {
				return false
			}
			failed.value = answer.problem ? answer : null
			await read()
			return !answer.problem
		} finally {
			running.value = null
		}
	}

	const from = (task: Task, wanted: DescriptionWanted) => load(task, (id) => loadDescription(id, wanted))

	/** Fetches it again from where it was. */
	async function refresh(): Promise<void> {
		await from('url', { url: list.value?.description?.url }).catch((problem: Problem) => toastProblem(problem))
	}

	/** Keeps none any more. */
	async function forget(): Promise<void> {
		const wanted = toValue(source)
		running.value = 'forget'
		failed.value = null
		try {
			await forgetDescription(wanted!.id)
			list.value = NONE
		} catch (error) {
			toastProblem(toProblem(error))
		} finally {
			running.value = null
		}
	}

	watch(() => {
		const wanted = toValue(source)
		return wanted && `${wanted.id} ${wanted.version}`
	}, (now, before) => {
		if (now?.split(' ')[0] !== before?.split(' ')[0]) {
			list.value = null
			failed.value = null
		}
		void read()
	}, { immediate: true })
	onScopeDispose(() => controller?.abort())

	return reactive({
		description: computed(() => list.value?.description ?? null),
		operations: computed(() => list.value?.results ?? []),
		isKnown: computed(() => list.value !== null),
		running,
		failed,
		fromUrl: (url: string) => from('url', { url }),
		fromFile: (content: string) => from('file', { content }),
		find: () => load('find', findDescription),
		refresh,
		forget,
	})
}
