/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Method, NameValue, TestRequest, VerifyRequest } from '../api/types.ts'

export const METHODS: Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** What one edits before a test call is sent. */
export interface RequestDraft {
	method: Method
	path: string
	query: NameValue[]
	headers: NameValue[]
	body: string
}

/** A request that does no harm. */
export function emptyRequest(): RequestDraft {
	return { method: 'GET', path: '', query: [], headers: [], body: '' }
}

/**
 * Whether a method sends a body. GET may carry one by the letter of the standard, but nothing good comes of it.
 *
 * @param method the method
 */
export function mayHaveBody(method: Method): boolean {
	return !['GET', 'HEAD', 'OPTIONS'].includes(method)
}

/**
 * What is meant by what was typed: whoever pastes a whole address, or a path with its query, means the parts of it, and rows in which
 * nothing stands mean nothing. What the server finds wrong with a row is then found at the same place.
 *
 * @param draft what was typed
 * @param location the source's location, which is always there
 */
export function takeApart(draft: RequestDraft, location: string): RequestDraft {
	const isFilled = ({ name, value }: NameValue) => name !== '' || value !== ''
	const filled = { ...draft, headers: draft.headers.filter(isFilled), query: draft.query.filter(isFilled) }
	const base = location.replace(/\/+$/, '')
	const path = draft.path.trim()
	const rest = path === base || path.startsWith(`${base}/`) || path.startsWith(`${base}?`) ? path.slice(base.length) : path
	const [pathname = '', ...queryParts] = rest.split('?')
	if (queryParts.length === 0) {
		return { ...filled, path: pathname }
	}
	const query = [...new URLSearchParams(queryParts.join('?'))].map(([name, value]) => ({ name, value }))
	return { ...filled, path: pathname, query: [...filled.query, ...query] }
}

/**
 * @param draft what was typed
 * @param callId by which the call can be cancelled
 */
export function toTestRequest(draft: RequestDraft, callId: string): TestRequest {
	return {
		method: draft.method,
		path: draft.path,
		query: draft.query,
		headers: draft.headers,
		body: mayHaveBody(draft.method) && draft.body !== '' ? draft.body : null,
		bodyEncoding: 'text',
		callId,
	}
}

/**
 * A verification changes nothing, so of the draft it takes the path, and the method if that is a safe one.
 *
 * @param draft what was typed
 * @param callId by which it can be cancelled
 */
export function toVerifyRequest(draft: RequestDraft, callId: string): VerifyRequest {
	const { method, path } = draft
	return { method: method === 'HEAD' || method === 'OPTIONS' ? method : 'GET', path, callId }
}
