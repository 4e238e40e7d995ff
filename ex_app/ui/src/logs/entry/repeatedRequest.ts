/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Body, Call, Exchange, NameValue, SentField, Source, TestRequest } from '../../api/types.ts'

import { METHODS } from '../../calls/requestDraft.ts'
import { t } from '../../l10n.ts'

/** Exchanges that only prepare the request itself. */
const SIDE_KINDS: Exchange['kind'][] = ['token', 'discovery', 'description']
/** Methods that change nothing (RFC 9110, section 9.2.1), and that of files which lists them. */
const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS', 'LIST']
/** Methods that come to the same when they are repeated at once; a while later they may undo what has happened since. */
const IDEMPOTENT_METHODS = ['PUT', 'DELETE']
/** Headers that every transport adds by itself; entries of earlier versions do not say who did. */
const TRANSPORT_HEADERS = ['accept', 'accept-encoding', 'connection', 'content-length', 'host', 'transfer-encoding', 'user-agent']
/** What the log has in the place of a secret. */
const HIDDEN = 'REDACTED'
/** The test fills in what stands between these. */
const TEMPLATE = /\{[{%#]/
const WS_SECURITY = /<((?:[\w.-]+:)?Security)(?=[\s>])[^>]*>[\s\S]*?<\/\1\s*>/

/** What sending a logged request again comes to. */
export interface RepeatedRequest {
	request: Omit<TestRequest, 'callId' | 'pages'>
	/** Names of headers and parameters that are left out: they hold a secret, and only its mask was kept */
	leftOut: string[]
	/** Why it cannot be sent as it is; empty: it can */
	obstacles: string[]
	/** It can be shown in the Test tab, to be completed there */
	isEditable: boolean
}

/**
 * What sending a request again may do; null: nothing.
 *
 * @param method of the request
 */
export function harmOf(method: string): string | null {
	if (SAFE_METHODS.includes(method.toUpperCase())) {
		return null
	}
	return IDEMPOTENT_METHODS.includes(method.toUpperCase())
		? t('open_connector', 'What has changed on the other side since then may be overwritten or lost.')
		: t('open_connector', 'The other side may do a second time what it did the first time.')
}

/**
 * @param names of headers and parameters that are not sent again
 */
export function leftOutWords(names: string[]): string {
	return t('open_connector', 'Left out, because their values were hidden: {names}', { names: names.join(', ') })
}

/**
 * The request that was asked for, before redirects and retries.
 *
 * @param call from the log
 */
export function ownExchange(call: Call): Exchange | null {
	return call.exchanges.find(({ kind }) => !SIDE_KINDS.includes(kind)) ?? null
}

/**
 * Whether a body is in the log no more, although there was one.
 *
 * @param body of a request or a response
 */
export function isRemoved(body: Body | null | undefined): boolean {
	return !!body && body.size > 0 && body.keptSize === 0
}

/**
 * The request of a logged call as one that can be sent again. Only what the caller asked for is in it: the source adds its own headers,
 * parameters and credentials, as they are now.
 *
 * @param exchange the request as it was sent
 * @param source what it was sent to, as it is now
 * @param content all of its body; null where that is not kept
 */
export function repeatedRequest(exchange: Exchange, source: Source, content: string | null): RepeatedRequest {
	const { request } = exchange
	const obstacles: string[] = []
	const path = pathBelow(request.url, source.location)
	if (path === null) {
		obstacles.push(t('open_connector', 'The location of the source has changed since; the path may not be right.'))
	}
	const query = own(parametersOf(request.url, request.parameters, source), [])
	const headers = own(request.headers.filter((field) => isOfCaller(field, source)), TRANSPORT_HEADERS)
	const body = bodyOf(request.body, source, content, obstacles)
	const shownPath = path ?? pathOf(request.url)
	if (hasMask(shownPath) || (body !== null && hidesSomething(body, request.body!.encoding))) {
		obstacles.push(t('open_connector', 'It holds a secret that was hidden before it was kept. Put it in again before you send it.'))
	}
	if ([shownPath, body ?? '', ...[...query.kept, ...headers.kept].map(({ value }) => value)].some((text) => TEMPLATE.test(text))) {
		obstacles.push(t('open_connector', 'It holds what looks like a template, which would be filled in.'))
	}
	return {
		request: {
			method: request.method as TestRequest['method'],
			path: shownPath,
			query: query.kept,
			headers: headers.kept,
			body,
			bodyEncoding: request.body?.encoding === 'base64' ? 'base64' : 'text',
		},
		leftOut: [...headers.masked, ...query.masked],
		obstacles,
		isEditable: source.type !== 'ftp' && (METHODS as string[]).includes(request.method) && request.body?.encoding !== 'base64',
	}
}

/**
 * @param body as it is described
 * @param source what it was sent to
 * @param content all of it; null where that is not kept
 * @param obstacles what is in the way, which may become more
 */
function bodyOf(body: Body | null, source: Source, content: string | null, obstacles: string[]): string | null {
	if (!body || body.size === 0) {
		return null
	}
	if (content === null) {
		obstacles.push(t('open_connector', 'Its body is not kept any more.'))
		return null
	}
	if (body.isTruncated) {
		obstacles.push(t('open_connector', 'Only the beginning of its body is kept.'))
	}
	// The source signs every request anew, and adds who sends it.
	return source.type === 'soap' && source.connection.soap.security ? content.replace(WS_SECURITY, '') : content
}

/**
 * Parameters that the caller asked for. Entries of earlier versions have them in the address alone.
 *
 * @param url as it was sent
 * @param parameters as they were sent
 * @param source what they were sent to
 */
function parametersOf(url: string, parameters: SentField[], source: Source): NameValue[] {
	if (parameters.length > 0) {
		return parameters.filter((field) => isOfCaller(field, source, 'query'))
	}
	const names = source.query.map(({ name }) => name)
	return [...new URLSearchParams(url.split('#')[0]!.split('?').slice(1).join('?'))]
		.map(([name, value]) => ({ name, value }))
		.filter(({ name }) => !names.includes(name))
}

/**
 * @param field of a request
 * @param source what it was sent to
 * @param kind what kind of field it is
 */
function isOfCaller(field: SentField, source: Source, kind: 'headers' | 'query' = 'headers'): boolean {
	// Nobody noted who put it there: what the source has under this name is its own.
	const isOfSource = source[kind].some(({ name }) => name.toLowerCase() === field.name.toLowerCase())
	return field.origin === 'request' || ((field.origin ?? null) === null && !isOfSource)
}

/**
 * @param fields of a request
 * @param added names of those that are added again anyway
 */
function own(fields: NameValue[], added: string[]): { kept: NameValue[], masked: string[] } {
	const wanted = fields.filter((field) => ('origin' in field && field.origin === 'request') || !added.includes(field.name.toLowerCase()))
	return {
		kept: wanted.filter(({ value }) => !hasMask(value)).map(({ name, value }) => ({ name, value })),
		masked: wanted.filter(({ value }) => hasMask(value)).map(({ name }) => name),
	}
}

/**
 * @param text that may have a mark in the place of a secret
 */
function hasMask(text: string): boolean {
	return text.includes(HIDDEN)
}

/**
 * @param body of a request
 * @param encoding of it
 */
function hidesSomething(body: string, encoding: Body['encoding']): boolean {
	return hasMask(encoding === 'base64' ? atob(body) : body)
}

/**
 * The part of an address behind the location of a source; null where it is none of its addresses.
 *
 * @param url as it was sent
 * @param location of the source
 */
function pathBelow(url: string, location: string): string | null {
	const base = withoutUser(location).split(/[?#]/)[0]!.replace(/\/+$/, '')
	const address = withoutUser(url).split(/[?#]/)[0]!
	return address === base || address.startsWith(`${base}/`) ? address.slice(base.length) : null
}

/**
 * @param url an address, which may name who asks
 */
function withoutUser(url: string): string {
	return url.replace(/^([a-z+]+:\/\/)[^/?#]*@/i, '$1')
}

/**
 * @param url an address
 */
function pathOf(url: string): string {
	try {
		return new URL(url).pathname
	} catch {
		return ''
	}
}
