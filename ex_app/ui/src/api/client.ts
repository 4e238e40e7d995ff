/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Problem } from './problem.ts'

import axios, { isAxiosError } from '@nextcloud/axios'
import { getLanguage } from '@nextcloud/l10n'
import { shallowRef } from 'vue'
import { apiUrl } from '../appapi.ts'
import { isCancelled, toProblem } from './problem.ts'

type QueryValue = string | number | boolean | null | undefined | string[]
export type Query = Record<string, QueryValue>

interface Options {
	query?: Query
	body?: unknown
	signal?: AbortSignal
	/** How long to wait for an answer; 0 waits for ever. */
	timeoutMs?: number
	/** The answer is an `ArrayBuffer` */
	isBinary?: boolean
}

const DEFAULT_TIMEOUT_MS = 30_000

/** RFC 4918: "Insufficient Storage". */
export const NO_SPACE = 507

/** What the server said when it last refused to write for want of space; null: it has not, or there is space again */
export const refusedForSpace = shallowRef<Problem | null>(null)

/** What each of our requests says. */
export function ownHeaders(): Record<string, string> {
	return {
		// Nextcloud's proxy passes on what the browser asks for, which need not be the language of the page.
		'Accept-Language': getLanguage(),
		// The proxy checks no request token, so the app asks for a header that a foreign page cannot send.
		'X-Requested-With': 'OpenConnector',
	}
}

/**
 * Ask the app's API. Nextcloud's proxy passes GET, POST, PUT and DELETE only, and of a repeated query key only the last one: lists go as
 * `key=a,b`.
 *
 * @param method the verb
 * @param path path below `/api`
 * @param options query, body, and how to give up
 * @throws {Problem} when there is no good answer
 */
export async function request<T>(method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, options: Options = {}): Promise<T> {
	try {
		const response = await axios.request<T>({
			method,
			url: apiUrl(path),
			params: queryParameters(options.query ?? {}),
			data: options.body,
			signal: options.signal,
			timeout: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
			headers: ownHeaders(),
			responseType: options.isBinary ? 'arraybuffer' : undefined,
		})
		return response.data
	} catch (error) {
		if (isCancelled(error)) {
			throw error
		}
		const problem = toProblem(readable(error))
		if (problem.status === NO_SPACE) {
			refusedForSpace.value = problem
		}
		throw problem
	}
}

/**
 * A request for bytes gets its problem document as bytes, too.
 *
 * @param error what the HTTP client threw
 */
function readable(error: unknown): unknown {
	if (isAxiosError(error) && error.response?.data instanceof ArrayBuffer) {
		const text = new TextDecoder().decode(error.response.data)
		try {
			error.response.data = JSON.parse(text)
		} catch {
			error.response.data = text
		}
	}
	return error
}

/**
 * Ids and slugs hold no character that needs encoding; a foreign one must not reach another path.
 *
 * @param id an id or slug
 */
export function segment(id: string): string {
	return encodeURIComponent(id)
}

/**
 * Leaves out what is not set, and joins lists.
 *
 * @param query names and values
 */
export function queryParameters(query: Query): Record<string, string> {
	const entries = Object.entries(query).map(([name, value]) => [name, Array.isArray(value) ? value.join(',') : String(value ?? '')] as const)
	return Object.fromEntries(entries.filter(([, value]) => value !== ''))
}
