/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Source } from '../api/types.ts'

import { listLogs } from '../api/logs.ts'
import { toProblem } from '../api/problem.ts'
import { choose } from '../components/confirm.ts'
import { n, t } from '../l10n.ts'

/**
 * Ask before sources are deleted, and say what goes and what stays.
 *
 * @param sources the ones to delete
 */
export async function confirmDelete(sources: Source[]): Promise<boolean> {
	const logCount = await countLogs(sources)
	const answer = await choose({
		title: sources.length === 1
			? t('open_connector', 'Delete {name}?', { name: sources[0]!.name })
			: n('open_connector', 'Delete %n source?', 'Delete %n sources?', sources.length),
		text: [
			n('open_connector', 'Its configuration and its secrets are deleted. This cannot be undone.', 'Their configuration and their secrets are deleted. This cannot be undone.', sources.length),
			...(logCount === null ? [] : [n('open_connector', '%n log entry stays.', '%n log entries stay.', logCount)]),
		],
		choices: [
			{ value: 'cancel', label: t('open_connector', 'Cancel') },
			{ value: 'delete', label: t('open_connector', 'Delete'), variant: 'error' },
		],
	})
	return answer === 'delete'
}

/**
 * @param sources whose entries
 * @return how many, or null when nobody knows: the question can be asked without
 */
async function countLogs(sources: Source[]): Promise<number | null> {
	try {
		return (await listLogs({ source: sources.map(({ id }) => id) }, { limit: 1 })).total
	} catch (error) {
		toProblem(error)
		return null
	}
}
