/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { WorkState } from '../api/logExports.ts'
import type { Removal } from '../api/retention.ts'

import { formatBytes, formatNumber } from '../components/format.ts'
import { n, t } from '../l10n.ts'

type Amounts = Pick<Removal, 'calls' | 'bodies' | 'bytes'>

/**
 * @param removal what a clean-up would remove
 */
export function removesNothing(removal: Amounts): boolean {
	return removal.calls === 0 && removal.bodies === 0
}

/**
 * "Removes 120,000 calls and the bodies of 4,000 others, about 3.2 GiB."
 *
 * @param removal what a clean-up would remove
 */
export function removalText(removal: Amounts): string {
	const size = formatBytes(removal.bytes)
	if (removesNothing(removal)) {
		return t('open_connector', 'Removes nothing.')
	}
	if (removal.bodies === 0) {
		return t('open_connector', 'Removes {calls}, about {size}.', { calls: callsText(removal.calls), size })
	}
	return removal.calls === 0
		? t('open_connector', 'Removes the bodies of {calls}, about {size}.', { calls: callsText(removal.bodies), size })
		: t('open_connector', 'Removes {calls} and the bodies of {others}, about {size}.', { calls: callsText(removal.calls), others: othersText(removal.bodies), size })
}

/**
 * What a clean-up did, when it has ended.
 *
 * @param end how it ended
 */
export function cleanedText(end: Pick<WorkState, 'state' | 'done' | 'bytes'>): string {
	const amounts = { calls: callsText(end.done), size: formatBytes(end.bytes) }
	if (end.state === 'cancelled') {
		return t('open_connector', 'The clean-up was stopped after {calls}, {size}.', amounts)
	}
	return end.done === 0
		? t('open_connector', 'There was nothing to remove.')
		: t('open_connector', 'Cleaned up {calls}, {size}.', amounts)
}

/**
 * "120,000 calls": a number of them, in the user's locale.
 *
 * @param total how many
 */
function callsText(total: number): string {
	return n('open_connector', '{count} call', '{count} calls', total, { count: formatNumber(total) })
}

/**
 * @param total how many
 */
function othersText(total: number): string {
	return n('open_connector', '{count} other', '{count} others', total, { count: formatNumber(total) })
}
