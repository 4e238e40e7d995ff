/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Query } from './client.ts'
import type { components } from './schema.d.ts'

import { apiUrl } from '../appapi.ts'
import { request, segment } from './client.ts'

type Schemas = components['schemas']

export type BodyView = Schemas['BodyView']
export type BodyFormat = BodyView['format']
export type BodyFinding = Schemas['Finding']
export type BodyPart = Schemas['BodyPart']
/** A node of the tree of a body. */
export type BodyNode = Schemas['Node']
export type NodeKind = BodyNode['kind']
export type NodePage = Schemas['NodePage']
export type BodyMatches = Schemas['BodyMatches']
export type TextMatch = Schemas['TextMatch']
export type TextMatches = Schemas['TextMatches']
export type RecordPage = Schemas['RecordPage']
export type RecordCell = RecordPage['rows'][number][number]
export type RecordProposal = Schemas['RecordProposal']

/** Which body of which exchange of which logged call. */
export interface BodyPlace {
	logId: string
	/** Of the exchange in the call, from 0 */
	position: number
	side: 'request' | 'response'
	/** Of a multipart body; left out: all of it */
	part?: number
}

/** The first look into a large body reads all of it. */
const READING_TIMEOUT_MS = 90_000

/**
 * @param place which body
 * @param what what is wanted of it
 */
function pathOf(place: BodyPlace, what: string): string {
	return `logs/${segment(place.logId)}/exchanges/${place.position}/${place.side}/${what}`
}

/**
 * @param place which body
 * @param what what is wanted of it
 * @param query more of the query
 * @param signal gives up
 */
function read<T>(place: BodyPlace, what: string, query: Query, signal?: AbortSignal): Promise<T> {
	return request('GET', pathOf(place, what), { query: { part: place.part, ...query }, signal, timeoutMs: READING_TIMEOUT_MS })
}

/**
 * @param place which body
 * @param signal gives up
 */
export function viewBody(place: BodyPlace, signal?: AbortSignal): Promise<BodyView> {
	return read(place, 'view', {}, signal)
}

/**
 * Where the browser can download all that is kept of a body.
 *
 * @param place which body
 */
export function contentUrl(place: BodyPlace): string {
	return apiUrl(pathOf(place, 'content')) + (place.part === undefined ? '' : `?part=${place.part}`)
}

/**
 * A piece of what is kept; text is UTF-8.
 *
 * @param place which body
 * @param offset of the first byte
 * @param length how many bytes, at most; left out: to the end
 * @param signal gives up
 */
export async function readContent(place: BodyPlace, offset: number, length?: number, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
	const query = { part: place.part, offset, length }
	return new Uint8Array(await request<ArrayBuffer>('GET', pathOf(place, 'content'), { query, signal, timeoutMs: READING_TIMEOUT_MS, isBinary: true }))
}

/**
 * What is below a node.
 *
 * @param place which body
 * @param path of the node; empty: the top
 * @param offset of the first one
 * @param limit how many
 */
export function listNodes(place: BodyPlace, path: string, offset: number, limit: number): Promise<NodePage> {
	return read(place, 'nodes', { path, offset, limit })
}

/**
 * @param place which body
 * @param resultsPosition where the records are; empty: where one expects them
 * @param offset of the first one
 * @param limit how many
 * @param signal gives up
 */
export function listRecords(place: BodyPlace, resultsPosition: string, offset: number, limit: number, signal?: AbortSignal): Promise<RecordPage> {
	return read(place, 'records', { resultsPosition, offset, limit }, signal)
}

/**
 * Evaluate a JSONPath or an XPath over the whole body.
 *
 * @param place which body
 * @param expression what to look for
 * @param signal gives up
 */
export function queryBody(place: BodyPlace, expression: string, signal?: AbortSignal): Promise<BodyMatches> {
	const body: Schemas['BodyQuery'] = { expression, limit: 200 }
	return request('POST', pathOf(place, 'query'), { query: { part: place.part }, body, signal, timeoutMs: READING_TIMEOUT_MS })
}

/**
 * Look for a text in the whole body.
 *
 * @param place which body
 * @param text what to look for
 * @param isCaseSensitive capitals count
 * @param signal gives up
 */
export function searchBody(place: BodyPlace, text: string, isCaseSensitive: boolean, signal?: AbortSignal): Promise<TextMatches> {
	const body: Schemas['BodySearch'] = { text, isCaseSensitive, limit: 200 }
	return request('POST', pathOf(place, 'search'), { query: { part: place.part }, body, signal, timeoutMs: READING_TIMEOUT_MS })
}
