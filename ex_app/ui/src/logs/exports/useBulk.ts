/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { ExportFormat, WorkState } from '../../api/logExports.ts'
import type { LogQuery } from '../../api/logs.ts'
import type { FilterChip } from '../../components/filterChip.ts'
import type { CallCount } from '../confirmDelete.ts'

import { cancelDeletion, cancelExport, exportUrl, listDeletions, readDeletion, readExport, startDeletion } from '../../api/logExports.ts'
import { countOn, listLogs } from '../../api/logs.ts'
import { newCallId } from '../../calls/callId.ts'
import { choose } from '../../components/confirm.ts'
import { formatBytes, formatNumber } from '../../components/format.ts'
import { toastSuccess } from '../../components/toasts.ts'
import { n, t } from '../../l10n.ts'
import { confirmDeleteMatching, countText } from '../confirmDelete.ts'
import { formatLabel } from './formats.ts'
import { useWork } from './useWork.ts'

/**
 * What one does with everything that a filter lets through: take it out as a file, and delete it.
 *
 * @param tell says why something failed
 */
export function useBulk(tell: (error: unknown) => void) {
	const exporting = useWork(readExport, cancelExport)
	const deleting = useWork(readDeletion, cancelDeletion)

	/**
	 * @param query the filters of the list
	 * @param format of the file
	 */
	async function exportAll(query: LogQuery, format: ExportFormat) {
		try {
			const count = await countOf(query)
			if ((count.total === 0 && !count.isEstimate) || !await confirmExport(count, format)) {
				return
			}
			const id = newCallId()
			download(exportUrl(query, format, id), `logs.${format}`)
			const end = await exporting.follow({ id, total: count.total })
			if (end?.state === 'done') {
				toastSuccess(n('open_connector', '{count} call exported, {size}.', '{count} calls exported, {size}.', end.done, { count: formatNumber(end.done), size: formatBytes(end.bytes) }))
			}
			if (end && end.state !== 'failed') {
				exporting.dismiss()
			}
		} catch (error) {
			tell(error)
		}
	}

	/**
	 * @param query the filters of the list
	 * @param chips the same, in words
	 * @param source name of the source whose logs they are, if it is one
	 * @return whether something was deleted
	 */
	async function deleteAll(query: LogQuery, chips: FilterChip[], source: string | null): Promise<boolean> {
		try {
			const [count, pinned] = await Promise.all([countOf(query), countOf({ ...query, pinned: true })])
			if (!await confirmDeleteMatching(count, pinned.total, chips, source)) {
				return false
			}
			return await followDeletion(await startDeletion(query))
		} catch (error) {
			tell(error)
			return false
		}
	}

	/**
	 * Follows what is being deleted since before this page was opened.
	 *
	 * @return whether something was
	 */
	async function resumeDeletion(): Promise<boolean> {
		// Without an answer the page works all the same; its list says what is wrong.
		const known = await listDeletions().catch(() => [])
		const begun = known.find(({ state, isCleanUp }) => state === 'running' && !isCleanUp)
		return begun !== undefined && !deleting.isRunning.value && followDeletion(begun)
	}

	/**
	 * @param begun the deletion
	 * @return whether it was followed as far as that could be; if not, the page was left
	 */
	async function followDeletion(begun: WorkState): Promise<boolean> {
		const end = await deleting.follow(begun)
		if (end && end.state !== 'failed') {
			toastSuccess(n('open_connector', '{count} call deleted.', '{count} calls deleted.', end.done, { count: formatNumber(end.done) }))
			deleting.dismiss()
		}
		return end !== null || deleting.problem.value !== null
	}

	return { exporting, deleting, exportAll, deleteAll, resumeDeletion }
}

/**
 * @param query the filters of the list
 */
async function countOf(query: LogQuery): Promise<CallCount> {
	return countOn(query, await listLogs(query, { limit: 1 }))
}

/**
 * Says how much it will be, before it is on its way.
 *
 * @param count how many
 * @param format of the file
 */
async function confirmExport(count: CallCount, format: ExportFormat): Promise<boolean> {
	const answer = await choose({
		title: t('open_connector', 'Export {calls}?', { calls: countText(count) }),
		text: [
			t('open_connector', 'As {format}, newest first. What was redacted in the log is redacted in the file.', { format: formatLabel(format) }),
		],
		choices: [
			{ value: 'cancel', label: t('open_connector', 'Cancel') },
			{ value: 'export', label: t('open_connector', 'Export'), variant: 'primary' },
		],
	})
	return answer === 'export'
}

/**
 * The browser saves it as it comes, however large it is.
 *
 * @param url of the file
 * @param name what it is called, unless the server says
 */
function download(url: string, name: string) {
	const link = document.createElement('a')
	link.href = url
	link.download = name
	link.click()
}
