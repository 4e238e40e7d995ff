/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { ImportAction, ImportChoice, ImportDocument, ImportPreview, ImportResult, ImportState, PreviewItem } from './transferApi.ts'

import { computed, onScopeDispose, ref, shallowRef } from 'vue'
import { Problem, toProblem } from '../api/problem.ts'
import { newCallId } from '../calls/callId.ts'
import { importSources, previewImport, previewUrl, readImport } from './transferApi.ts'

const PROGRESS_MS = 400

/** What one has decided about a source of the document. */
export interface Decision {
	action: ImportAction
	/** For a source that is added under another name */
	name: string
}

/** An import from the document to its result. */
export function useImport() {
	const document = shallowRef<ImportDocument | null>(null)
	const preview = shallowRef<ImportPreview | null>(null)
	const decisions = ref<Record<number, Decision>>({})
	const result = shallowRef<ImportResult | null>(null)
	const problem = shallowRef<Problem | null>(null)
	const progress = ref<{ done: number, total: number } | null>(null)
	const isBusy = ref(false)
	/** Somebody has changed something between preview and import */
	const isOutdated = ref(false)
	let timer: number | undefined

	const chosen = computed(() => Object.values(decisions.value).filter(({ action }) => action !== 'skip').length)
	const counts = computed(() => {
		const found: Partial<Record<ImportState, number>> = {}
		for (const { state } of preview.value?.sources ?? []) {
			found[state] = (found[state] ?? 0) + 1
		}
		return found
	})

	onScopeDispose(() => window.clearInterval(timer))

	/**
	 * @param work asks the server
	 */
	async function busy(work: () => Promise<void>): Promise<void> {
		if (isBusy.value) {
			return
		}
		isBusy.value = true
		problem.value = null
		try {
			await work()
		} catch (error) {
			problem.value = toProblem(error)
		} finally {
			isBusy.value = false
		}
	}

	/**
	 * @param found what would be done
	 */
	function take(found: ImportPreview): void {
		preview.value = found
		decisions.value = Object.fromEntries(found.sources.map((item) => [item.position, proposed(item)]))
	}

	/**
	 * Look at what a text or a file would do.
	 *
	 * @param wanted the document
	 */
	function look(wanted: ImportDocument): Promise<void> {
		return busy(async () => {
			isOutdated.value = false
			const found = await previewImport(wanted)
			document.value = wanted
			take(found)
		})
	}

	/**
	 * Look at what a document would do that the server fetches. What it has fetched is what is imported.
	 *
	 * @param url where it is
	 */
	function lookAt(url: string): Promise<void> {
		return busy(async () => {
			isOutdated.value = false
			const found = await previewUrl(url, null)
			document.value = { content: found.content ?? '', encoding: 'text', passphrase: null }
			take({ ...found, content: null })
		})
	}

	/** Do what was decided. When something has changed meanwhile, there is a new preview to look at. */
	function apply(): Promise<void> {
		return busy(async () => {
			const importId = newCallId()
			const choices: ImportChoice[] = Object.entries(decisions.value).map(([position, decision]) => ({ position: Number(position), ...decision }))
			progress.value = { done: 0, total: preview.value!.sources.length }
			timer = window.setInterval(() => void watchProgress(importId), PROGRESS_MS)
			try {
				result.value = await importSources(document.value!, preview.value!.revision, choices, importId)
			} catch (error) {
				const newer = previewIn(error)
				if (!newer) {
					throw error
				}
				isOutdated.value = true
				take(newer)
			} finally {
				window.clearInterval(timer)
				progress.value = null
			}
		})
	}

	/**
	 * @param importId which import
	 */
	async function watchProgress(importId: string): Promise<void> {
		try {
			const { done, total } = await readImport(importId)
			if (progress.value) {
				progress.value = { done, total: total || progress.value.total }
			}
		} catch {
			// The answer of the import itself tells what matters.
		}
	}

	/** Back to the document. */
	function restart(): void {
		preview.value = null
		result.value = null
		problem.value = null
		isOutdated.value = false
	}

	return { document, preview, decisions, result, problem, progress, isBusy, isOutdated, chosen, counts, look, lookAt, apply, restart }
}

/**
 * @param item a source of the document
 */
function proposed(item: PreviewItem): Decision {
	return { action: item.actions[0] ?? 'skip', name: `${item.name} (2)` }
}

/**
 * @param error why an import was not done
 */
function previewIn(error: unknown): ImportPreview | null {
	return error instanceof Problem && error.type === 'import-outdated'
		? (error.document as unknown as { preview?: ImportPreview }).preview ?? null
		: null
}
