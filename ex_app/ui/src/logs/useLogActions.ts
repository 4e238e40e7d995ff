/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { CallSummary } from '../api/types.ts'
import type { useLogs } from './useLogs.ts'

import { deleteLog, deleteLogs, pinLog } from '../api/logs.ts'
import { toastSuccess } from '../components/toasts.ts'
import { n, t } from '../l10n.ts'
import { confirmDeleteEntry, confirmDeleteTicked } from './confirmDelete.ts'

/** As many as the API deletes at once. */
const MOST_AT_ONCE = 1000

/**
 * What one does with some of the calls of a list.
 *
 * @param logs the list
 * @param tell says why something failed
 */
export function useLogActions(logs: ReturnType<typeof useLogs>, tell: (error: unknown) => void) {
	/**
	 * Deletes an entry once the administrator has said so.
	 *
	 * @param id which entry
	 * @return whether it is gone
	 */
	async function removeOne(id: string): Promise<boolean> {
		if (!await confirmDeleteEntry(logs.calls.value.find((call) => call.id === id)?.isPinned)) {
			return false
		}
		try {
			await deleteLog(id)
		} catch (error) {
			tell(error)
			return false
		}
		logs.drop([id])
		toastSuccess(t('open_connector', 'The log entry was deleted.'))
		return true
	}

	/**
	 * Deletes some entries once the administrator knows how many.
	 *
	 * @param calls which ones
	 * @return ids of those that are gone
	 */
	async function removeSome(calls: CallSummary[]): Promise<string[]> {
		if (!await confirmDeleteTicked(calls.length, calls.filter(({ isPinned }) => isPinned).length)) {
			return []
		}
		const gone: string[] = []
		let deleted = 0
		try {
			for (let start = 0; start < calls.length; start += MOST_AT_ONCE) {
				const ids = calls.slice(start, start + MOST_AT_ONCE).map(({ id }) => id)
				deleted += (await deleteLogs(ids)).deleted
				gone.push(...ids)
			}
			toastSuccess(n('open_connector', '%n log entry was deleted.', '%n log entries were deleted.', deleted))
		} catch (error) {
			tell(error)
		}
		logs.drop(gone)
		return gone
	}

	/**
	 * Keeps some entries for ever, or no longer.
	 *
	 * @param calls which ones
	 * @param isPinned whether to keep them
	 */
	async function pinSome(calls: CallSummary[], isPinned: boolean): Promise<void> {
		const wanted = calls.filter((call) => call.isPinned !== isPinned)
		try {
			for (const { id } of wanted) {
				logs.replace(await pinLog(id, isPinned))
			}
			toastSuccess(isPinned
				? n('open_connector', '%n log entry is kept for ever.', '%n log entries are kept for ever.', wanted.length)
				: n('open_connector', '%n log entry goes with its time.', '%n log entries go with their time.', wanted.length))
		} catch (error) {
			tell(error)
		}
	}

	return { removeOne, removeSome, pinSome }
}
