/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { outcomeWords } from '../../calls/outcome.ts'
import { METHODS } from '../../calls/requestDraft.ts'
import { t } from '../../l10n.ts'
import { statusLabel, triggerLabel } from '../logChips.ts'

/** Some of what one can ask for, to be chosen in place of typed. */
export interface FilterGroup {
	/** Field of the query language */
	field: string
	label: string
	options: { value: string, label: string }[]
	/** One excludes the other */
	isSingle?: boolean
}

const STATUSES = ['success', 'error', '2xx', '3xx', '4xx', '5xx', 'none']
const OUTCOMES = ['success', 'http_error', 'transport_error', 'auth_error', 'refused']
/** Grows with the features that make calls */
const TRIGGERS = ['test', 'verify', 'authorization', 'description', 'endpoint', 'job', 'synchronization', 'command', 'import']
const DURATIONS = ['>100ms', '>500ms', '>1s', '>2s', '>5s', '>30s']
const SIZES = ['>10kb', '>100kb', '>1mb', '>10mb']

/**
 * @param sources to choose from; none on the page of one
 */
export function filterGroups(sources: { value: string, label: string }[]): FilterGroup[] {
	const plain = (values: readonly string[]) => values.map((value) => ({ value, label: value }))
	const labelled = (values: string[], label: (value: string) => string) => values.map((value) => ({ value, label: label(value) }))
	return [
		{ field: 'status', label: t('open_connector', 'Status'), options: labelled(STATUSES, statusLabel) },
		{ field: 'outcome', label: t('open_connector', 'Outcome'), options: labelled(OUTCOMES, outcomeWords) },
		{ field: 'method', label: t('open_connector', 'Method'), options: plain([...METHODS, 'LIST', 'MKCOL', 'MOVE']) },
		{ field: 'trigger', label: t('open_connector', 'Trigger'), options: labelled(TRIGGERS, triggerLabel) },
		...(sources.length > 0 ? [{ field: 'source', label: t('open_connector', 'Source'), options: sources }] : []),
		{ field: 'duration', label: t('open_connector', 'Duration'), options: comparisons(DURATIONS), isSingle: true },
		{ field: 'size', label: t('open_connector', 'Size of the response'), options: comparisons(SIZES), isSingle: true },
		{ field: 'is', label: t('open_connector', 'Kept for ever'), options: [{ value: 'pinned', label: t('open_connector', 'Kept for ever') }], isSingle: true },
	]
}

/**
 * @param values `>2s`
 */
function comparisons(values: string[]) {
	return values.map((value) => {
		const [, amount, unit] = /^>(\d+)(\w+)$/.exec(value)!
		return { value, label: t('open_connector', 'more than {amount}', { amount: `${amount} ${{ kb: 'KB', mb: 'MB' }[unit!] ?? unit}` }) }
	})
}
