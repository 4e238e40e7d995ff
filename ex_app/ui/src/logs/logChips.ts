/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { QueryTerm } from '../api/logQuestions.ts'
import type { FilterChip } from '../components/filterChip.ts'
import type { Term } from './query/terms.ts'

import { outcomeWords } from '../calls/outcome.ts'
import { t } from '../l10n.ts'
import { toUnits } from './query/codePoints.ts'
import { lastLabel, momentText } from './query/timeRange.ts'

/** A part of the query in words; without its place in the text the query is a wider one. */
export interface TermChip extends FilterChip {
	start: number
	end: number
}

/**
 * The parts of a query as the server read them, with their places as JavaScript counts them.
 *
 * @param text the query
 * @param terms its parts
 */
export function placedTerms(text: string, terms: QueryTerm[]): Term[] {
	return terms.map((term) => ({ ...term, start: toUnits(text, term.start), end: toUnits(text, term.end) }))
}

/**
 * The parts of a query, in words.
 *
 * @param text the query
 * @param terms its parts
 * @param nameOf the name of a source, by its slug or id
 */
export function termChips(text: string, terms: Term[], nameOf: (source: string) => string): TermChip[] {
	return terms.map((term) => {
		const words = termWords(term, nameOf) ?? text.slice(term.start, term.end).replace(/^-/, '')
		return {
			key: `${term.start}-${term.end}`,
			text: term.isNegated ? t('open_connector', 'not {filter}', { filter: words }) : words,
			start: term.start,
			end: term.end,
		}
	})
}

/**
 * @param term a part of a query
 * @param nameOf the name of a source, by its slug or id
 * @return null for what says best itself what it is
 */
function termWords(term: Term, nameOf: (source: string) => string): string | null {
	const { field, value } = term
	const list = (words: (one: string) => string) => value.split(',').map(words).join(', ')
	switch (field) {
		case 'source': return t('open_connector', 'Source: {source}', { source: list(nameOf) })
		case 'status': return t('open_connector', 'Status: {status}', { status: list(statusLabel) })
		case 'outcome': return t('open_connector', 'Outcome: {outcome}', { outcome: list(outcomeWords) })
		case 'method': return t('open_connector', 'Method: {method}', { method: list((method) => method.toUpperCase()) })
		case 'trigger': return t('open_connector', 'Trigger: {trigger}', { trigger: list(triggerLabel) })
		case 'duration': return t('open_connector', 'Duration: {duration}', { duration: value })
		case 'size': return t('open_connector', 'Size: {size}', { size: value })
		case 'last': return lastLabel(value)
		case 'since': return t('open_connector', 'from {time}', { time: momentText(value) })
		case 'until': return t('open_connector', 'to {time}', { time: momentText(value) })
		case 'is': return value === 'pinned' ? t('open_connector', 'Kept for ever') : null
		default: return null
	}
}

/**
 * @param status a code, a class, or one of the words
 */
export function statusLabel(status: string): string {
	switch (status) {
		case 'success': return t('open_connector', 'Successful')
		case 'error': return t('open_connector', 'Failed')
		case 'none': return t('open_connector', 'No answer')
		default: return status
	}
}

/**
 * Who asked for a call.
 *
 * @param trigger the type of a trigger
 */
export function triggerLabel(trigger: string): string {
	switch (trigger) {
		case 'test': return t('open_connector', 'Test')
		case 'verify': return t('open_connector', 'Verify')
		case 'authorization': return t('open_connector', 'Token')
		case 'description': return t('open_connector', 'API description')
		case 'endpoint': return t('open_connector', 'Endpoint')
		case 'job': return t('open_connector', 'Background job')
		case 'synchronization': return t('open_connector', 'Synchronization')
		case 'command': return t('open_connector', 'Command line')
		case 'import': return t('open_connector', 'Import')
		default: return trigger
	}
}
