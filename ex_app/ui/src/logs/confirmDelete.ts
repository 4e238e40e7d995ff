/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FilterChip } from '../components/filterChip.ts'

import { choose } from '../components/confirm.ts'
import { n, t } from '../l10n.ts'

/** Ask before the open entry is deleted. */
export function confirmDeleteEntry(): Promise<boolean> {
	return confirm(t('open_connector', 'Delete this log entry?'), [t('open_connector', 'The request and the response are lost. This cannot be undone.')])
}

/**
 * Ask before many entries are deleted, and say how many and which.
 *
 * @param count how many
 * @param chips the filters that choose them
 * @param source name of the source whose logs they are, if it is one
 */
export function confirmDeleteEntries(count: number, chips: FilterChip[], source: string | null): Promise<boolean> {
	const filters = chips.map(({ text }) => text).join(' · ')
	return confirm(
		n('open_connector', 'Delete %n log entry?', 'Delete %n log entries?', count),
		[
			source ? t('open_connector', 'Only calls to {source}.', { source }) : t('open_connector', 'Calls to all sources.'),
			filters ? t('open_connector', 'With these filters: {filters}', { filters }) : t('open_connector', 'No filter is set.'),
			t('open_connector', 'This cannot be undone.'),
		],
	)
}

/**
 * @param title the question
 * @param text what will happen
 */
async function confirm(title: string, text: string[]): Promise<boolean> {
	const answer = await choose({
		title,
		text,
		choices: [
			{ value: 'cancel', label: t('open_connector', 'Cancel') },
			{ value: 'delete', label: t('open_connector', 'Delete'), variant: 'error' },
		],
	})
	return answer === 'delete'
}
