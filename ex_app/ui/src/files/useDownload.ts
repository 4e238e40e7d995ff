/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { onScopeDispose, ref, shallowRef } from 'vue'
import { downloadFile } from '../api/files.ts'
import { isCancelled } from '../api/problem.ts'
import { toastProblem } from '../components/toasts.ts'
import { nameOf } from './paths.ts'

/** The address of what was downloaded is needed for a moment after the click. */
const RELEASE_MS = 10_000

/**
 * One file on its way to the disk.
 *
 * @param sourceId of the source
 * @param called is told after the call
 */
export function useDownload(sourceId: () => string, called: () => void) {
	/** Bytes that have come; null while nothing is downloaded */
	const received = ref<number | null>(null)
	const running = shallowRef<AbortController | null>(null)

	/**
	 * @param path of the file
	 */
	async function download(path: string) {
		if (running.value) {
			return
		}
		const controller = running.value = new AbortController()
		received.value = 0
		try {
			const blob = await downloadFile(sourceId(), path, {
				signal: controller.signal,
				onProgress: (bytes) => {
					received.value = bytes
				},
			})
			save(blob, nameOf(path))
		} catch (error) {
			if (!isCancelled(error)) {
				toastProblem(error)
			}
		} finally {
			received.value = null
			running.value = null
			called()
		}
	}

	onScopeDispose(() => running.value?.abort())

	return { received, download, cancel: () => running.value?.abort() }
}

/**
 * @param blob what came
 * @param name what the file is called
 */
function save(blob: Blob, name: string) {
	const link = document.createElement('a')
	link.href = URL.createObjectURL(blob)
	link.download = name
	link.click()
	window.setTimeout(() => URL.revokeObjectURL(link.href), RELEASE_MS)
}
