/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FilterChip } from '../components/filterChip.ts'

import { choose } from '../components/confirm.ts'
import { formatNumber } from '../components/format.ts'
import { n, t } from '../l10n.ts'

/** How many calls there are, as the list knows it. */
export interface CallCount {
	total: number
	isEstimate: boolean
}

/**
 * "1,204 calls", "about 1,200,000 calls".
 *
 * @param count how many
 * @param count.total the number
 * @param count.isEstimate it was projected from a part of the calls
 */
export function countText({ total, isEstimate }: CallCount): string {
	const count = formatNumber(total)
	return isEstimate
		? n('open_connector', 'about {count} call', 'about {count} calls', total, { count })
		: n('open_connector', '{count} call', '{count} calls', total, { count })
}

/**
 * Ask before the open entry is deleted.
 *
 * @param isPinned it is kept for ever
 */
export function confirmDeleteEntry(isPinned = false): Promise<boolean> {
	return confirm(t('open_connector', 'Delete this log entry?'), [
		...(isPinned ? [t('open_connector', 'It is to be kept for ever.')] : []),
		t('open_connector', 'The request and the response are lost. This cannot be undone.'),
	])
}

/**
 * Ask before the ticked entries are deleted.
 *
 * @param count how many
 * @param pinned how many of them are kept for ever
 */
export function confirmDeleteTicked(count: number, pinned: number): Promise<boolean> {
	return confirm(
		n('open_connector', 'Delete %n log entry?', 'Delete %n log entries?', count),
		[
			...(pinned > 0 ? [n('open_connector', '%n of them is kept for ever, and is deleted, too.', '%n of them are kept for ever, and are deleted, too.', pinned)] : []),
			t('open_connector', 'The requests and the responses are lost. This cannot be undone.'),
		],
	)
}

/**
 * Ask before everything that matches is deleted, and say how much and what that is.
 *
 * @param count how many match
 * @param pinned how many of them are kept for ever; they stay
 * @param chips the filters that choose them
 * @param source name of the source whose logs they are, if it is one
 */
export function confirmDeleteMatching(count: CallCount, pinned: number, chips: FilterChip[], source: string | null): Promise<boolean> {
	const filters = chips.map(({ text }) => text).join(' · ')
	return confirm(
		t('open_connector', 'Delete {calls}?', { calls: countText({ ...count, total: Math.max(0, count.total - pinned) }) }),
		[
			source ? t('open_connector', 'Only calls to {source}.', { source }) : t('open_connector', 'Calls to all sources.'),
			filters ? t('open_connector', 'With these filters: {filters}', { filters }) : t('open_connector', 'No filter is set.'),
			...(pinned > 0 ? [n('open_connector', '%n call that is kept for ever stays.', '%n calls that are kept for ever stay.', pinned)] : []),
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
