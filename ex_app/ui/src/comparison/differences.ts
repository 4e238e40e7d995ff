/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyComparison, Change, Comparison, Difference } from './comparisonApi.ts'

import { formatBytes } from '../components/format.ts'
import { t } from '../l10n.ts'

const ID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi
/** Longer values are not searched for the part that differs: nobody would see it. */
const LONGEST_MARKED = 2000

/** A value in three parts, of which the middle one differs from the other value. */
export interface MarkedText {
	before: string
	marked: string
	after: string
}

/**
 * The entry that somebody pasted: its id, or a link that ends with it.
 *
 * @param text what was pasted
 */
export function entryIdIn(text: string): string | null {
	// The address of a page of logs may hold ids in its filters, too; that of the entry stands in the path, or as `entry`.
	const named = /(?:\/logs\/|[?&]entry=)([0-9a-f-]{36})/i.exec(text)?.[1]
	return (named ?? text.match(ID)?.[0])?.toLowerCase() ?? null
}

/**
 * Whether a place differs, other than in what is left out.
 *
 * @param difference one place
 */
export function isDifferent(difference: Difference): boolean {
	return difference.change !== 'same' && difference.change !== 'ignored'
}

/**
 * The facts that say something. How long a call took is never the same, and stands at the head of the comparison.
 *
 * @param comparison of two entries
 */
export function factsOf(comparison: Comparison): Difference[] {
	return comparison.facts.filter(({ path, base, other }) => path !== 'durationMs' && (base !== null || other !== null))
}

/**
 * How many places differ, and how many are left out although they do.
 *
 * @param comparison of two entries
 */
export function countsOf(comparison: Comparison): { different: number, ignored: number } {
	const { requestHeaders, responseHeaders, requestBody, responseBody } = comparison
	const all = [...factsOf(comparison), ...requestHeaders, ...responseHeaders, ...requestBody.differences, ...responseBody.differences]
	// Bodies may differ without a place that could be named.
	const unnamed = [requestBody, responseBody].filter((body) => !body.isSame && !body.differences.some(isDifferent)).length
	return { different: all.filter(isDifferent).length + unnamed, ignored: all.filter(({ change }) => change === 'ignored').length }
}

/**
 * @param change what happened to a place
 */
export function changeName(change: Change): string {
	switch (change) {
		case 'added': return t('open_connector', 'Added')
		case 'removed': return t('open_connector', 'Removed')
		case 'changed': return t('open_connector', 'Different')
		case 'ignored': return t('open_connector', 'Ignored')
		case 'same': return t('open_connector', 'Same')
	}
}

/**
 * @param path of a fact
 */
export function factName(path: string): string {
	switch (path) {
		case 'statusCode': return t('open_connector', 'Status')
		case 'reason': return t('open_connector', 'Reason')
		case 'outcome': return t('open_connector', 'Outcome')
		case 'errorType': return t('open_connector', 'Error')
		case 'method': return t('open_connector', 'Method')
		case 'url': return t('open_connector', 'URL')
		case 'requestSize': return t('open_connector', 'Size of the request')
		case 'responseSize': return t('open_connector', 'Size of the response')
		case 'exchangeCount': return t('open_connector', 'Requests')
		default: return path
	}
}

/**
 * A fact as one reads it.
 *
 * @param difference of a fact
 */
export function readableFact(difference: Difference): Difference {
	const isSize = difference.path.endsWith('Size')
	const readable = (value: string | null) => value !== null && isSize ? formatBytes(Number(value)) : value
	return { ...difference, path: factName(difference.path), base: readable(difference.base), other: readable(difference.other) }
}

/**
 * @param body two bodies
 */
export function bodyWords(body: BodyComparison): string {
	if (body.kind === 'none' && body.isSame) {
		return t('open_connector', 'Neither has a body.')
	}
	if (body.isSame) {
		return body.differences.length > 0
			? t('open_connector', 'The same, but for what is ignored.')
			: t('open_connector', 'The same.')
	}
	return body.kind === 'binary' ? t('open_connector', 'The bytes are different.') : ''
}

/**
 * What two values have in common at their ends, and what not.
 *
 * @param base one value
 * @param other the other one
 */
export function markedPair(base: string, other: string): [MarkedText, MarkedText] {
	if (base === other || Math.max(base.length, other.length) > LONGEST_MARKED) {
		return [unmarked(base), unmarked(other)]
	}
	// By characters, so that no emoji is cut in half.
	const [here, there] = [[...base], [...other]]
	const most = Math.min(here.length, there.length)
	let start = 0
	while (start < most && here[start] === there[start]) {
		start++
	}
	let end = 0
	while (end < most - start && here.at(-1 - end) === there.at(-1 - end)) {
		end++
	}
	const parts = (text: string[]): MarkedText => ({
		before: text.slice(0, start).join(''),
		marked: text.slice(start, text.length - end).join(''),
		after: text.slice(text.length - end).join(''),
	})
	return [parts(here), parts(there)]
}

/**
 * @param text a value that differs as a whole, or not at all
 */
function unmarked(text: string): MarkedText {
	return { before: text, marked: '', after: '' }
}
