/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { WaterfallRow } from '../../calls/waterfall.ts'

import { phaseName } from '../../calls/phases.ts'
import { formatDuration } from '../../components/format.ts'
import { t } from '../../l10n.ts'

/**
 * What a row of the timeline shows, for whoever does not see it.
 *
 * @param row one exchange
 */
export function segmentsInWords(row: WaterfallRow): string {
	const parts = row.segments.map(({ phase, durationMs, isFailed }) => {
		const words = { phase: phaseName(phase), duration: formatDuration(durationMs) }
		return isFailed
			? t('open_connector', '{phase}: failed after {duration}', words)
			: t('open_connector', '{phase} {duration}', words)
	})
	if (row.isReused) {
		parts.unshift(t('open_connector', 'connection reused'))
	}
	if (row.segments.length === 0) {
		parts.push(t('open_connector', 'nothing was sent'))
	}
	return t('open_connector', 'After {start}: {phases}', { start: formatDuration(row.startMs), phases: parts.join(', ') })
}
