/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyFormat } from '../api/bodies.ts'

import { APP_ID } from '../appapi.ts'
import { t } from '../l10n.ts'

/** A way to look at a body. */
export type Way = 'text' | 'tree' | 'table' | 'preview' | 'parts' | 'hex'

export interface WayConditions {
	isText: boolean
	/** The server has the body, and can answer questions about it */
	isStored: boolean
	/** The body can be shown as a tree; null: nobody knows yet */
	hasTree: boolean | null
	hasParts: boolean
	/** The browser can show it */
	isPicture: boolean
}

/**
 * The ways that make sense, the usual one first.
 *
 * @param format what the body is
 * @param conditions what else counts
 */
export function waysOf(format: BodyFormat, conditions: WayConditions): Way[] {
	const { isText, isStored, hasTree, hasParts, isPicture } = conditions
	// Until the server has told, what usually is so.
	const isTree = hasTree ?? (format === 'json' || format === 'xml')
	const ways: [Way, boolean][] = [
		['table', format === 'csv' && isStored],
		['parts', hasParts],
		['preview', isPicture],
		['text', isText],
		['tree', isTree],
		['table', isTree && isStored && format !== 'csv'],
		['preview', format === 'html' && isText],
		['hex', true],
	]
	return ways.filter(([, makesSense]) => makesSense).map(([way]) => way)
}

/**
 * @param way a way to look at a body
 * @param format what the body is
 */
export function wayName(way: Way, format: BodyFormat): string {
	switch (way) {
		case 'text': return t('open_connector', 'Text')
		case 'tree': return t('open_connector', 'Tree')
		case 'table': return format === 'csv' ? t('open_connector', 'Table') : t('open_connector', 'Records')
		case 'preview': return t('open_connector', 'Preview')
		case 'parts': return t('open_connector', 'Parts')
		case 'hex': return t('open_connector', 'Hex')
	}
}

/**
 * @param format what the body is
 */
function storageKey(format: BodyFormat): string {
	return `${APP_ID}:body-way:${format}`
}

/**
 * @param format of which bodies
 * @param way how they are looked at from now on
 */
export function rememberWay(format: BodyFormat, way: Way): void {
	try {
		localStorage.setItem(storageKey(format), way)
	} catch {
		// A full or forbidden storage costs the convenience only.
	}
}

/**
 * How bodies of a format were looked at last.
 *
 * @param format of which bodies
 * @param ways those that make sense; the first is the usual one
 */
export function recallWay(format: BodyFormat, ways: Way[]): Way {
	const stored = storedWay(format)
	return ways.find((way) => way === stored) ?? ways[0]!
}

/**
 * @param format of which bodies
 */
function storedWay(format: BodyFormat): string | null {
	try {
		return localStorage.getItem(storageKey(format))
	} catch {
		return null
	}
}
