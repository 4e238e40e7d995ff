/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { CurlSource } from './transferApi.ts'

import { spawnDialog } from '@nextcloud/vue/functions/dialog'
import CurlDialog from './CurlDialog.vue'
import { toastProblem } from '../components/toasts.ts'
import { pastedCurl } from './curlText.ts'
import { readCurl } from './transferApi.ts'

/**
 * Commands that are pasted into a field which is for something else, or into a dialog of their own.
 *
 * @param take gets what a command says
 */
export function useCurl(take: (read: CurlSource) => void) {
	/**
	 * @param event a paste into any field
	 */
	async function paste(event: ClipboardEvent): Promise<void> {
		const command = pastedCurl(event)
		if (command === null) {
			return
		}
		try {
			take(await readCurl(command))
		} catch (error) {
			toastProblem(error)
		}
	}

	/** Ask for a command. */
	async function ask(): Promise<void> {
		const read = await spawnDialog(CurlDialog) as CurlSource | null | undefined
		if (read) {
			take(read)
		}
	}

	return { paste, ask }
}
