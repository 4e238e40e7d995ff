/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Statistics } from '../../api/logStatistics.ts'

import { errorWords } from '../../calls/outcome.ts'
import { formatDuration, formatNumber } from '../../components/format.ts'
import { n, t } from '../../l10n.ts'

/** A line of a list of the most frequent. */
export interface TopRow {
	key: string
	label: string
	/** More about it */
	title: string
	calls: number
	errors: number
	/** Fields of the query language that narrow to it */
	fields: [name: string, value: string][]
}

/**
 * @param statistics what is shown
 */
export function topSources(statistics: Statistics): TopRow[] {
	const { sources } = statistics
	return sources.map(({ id, name, calls, errors, p95Ms }) => ({
		key: id,
		label: name,
		title: [share(calls, errors), ...(p95Ms === null ? [] : [t('open_connector', 'p95 {duration}', { duration: formatDuration(p95Ms) })])].join(' · '),
		calls,
		errors,
		fields: [['source', id]],
	}))
}

/**
 * @param statistics what is shown
 * @param isScoped they are of one source
 */
export function topPaths(statistics: Statistics, isScoped: boolean): TopRow[] {
	const { paths, sources } = statistics
	return paths.map(({ sourceId, method, path, calls, errors }) => {
		const source = sources.find(({ id }) => id === sourceId)?.name
		const fixed = fixedPart(path)
		return {
			key: `${sourceId} ${method} ${path}`,
			label: method === '' ? t('open_connector', 'All others') : `${method} ${path}`,
			title: [...(source && !isScoped ? [source] : []), share(calls, errors)].join(' · '),
			calls,
			errors,
			fields: [
				...(isScoped ? [] : [['source', sourceId] as [string, string]]),
				...(method === '' ? [] : [['method', method] as [string, string]]),
				...(fixed === '/' ? [] : [['path', fixed] as [string, string]]),
			],
		}
	})
}

/**
 * @param statistics what is shown
 */
export function topErrors(statistics: Statistics): TopRow[] {
	const { errorsByType } = statistics
	return errorsByType.map(({ type, calls }) => ({
		key: type,
		label: errorWords(type) ?? type,
		title: type,
		calls,
		errors: 0,
		fields: [['error', type]],
	}))
}

/**
 * A filter by path takes in what is below it: so the part before the first segment that changes stands for all of them.
 *
 * @param path `/orders/{id}/lines`
 */
export function fixedPart(path: string): string {
	const segments = path.split('/')
	// The rest of a long path is "…".
	const changing = segments.findIndex((segment) => /[{…]/.test(segment))
	return (changing < 0 ? segments : segments.slice(0, changing)).join('/') || '/'
}

/**
 * @param calls how many
 * @param errors how many of them failed
 */
function share(calls: number, errors: number): string {
	const percent = formatNumber(calls > 0 ? 100 * errors / calls : 0, 1)
	return n('open_connector', '{count} call, {percent} % failed', '{count} calls, {percent} % failed', calls, { count: formatNumber(calls), percent })
}
