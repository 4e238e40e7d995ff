/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Body, Call, Exchange, Source } from './api/types.ts'

// What the specs build their cases from: something plain and whole, of which a case changes what it is about.

/**
 * @param changes what the case is about
 */
export function aSource(changes: Partial<Source> = {}): Source {
	return {
		id: '0190a5d0-0000-7000-8000-000000000001',
		slug: 'parcels',
		name: 'Parcels',
		description: '',
		location: 'https://gis.example/v1',
		type: 'json',
		isEnabled: true,
		headers: [],
		query: [],
		authentication: { type: 'none' },
		connection: {
			connectTimeoutMs: 10_000,
			readTimeoutMs: 30_000,
			totalTimeoutMs: 60_000,
			verifyTls: true,
			followRedirects: false,
			maxBodyBytes: 1_048_576,
			successRetentionDays: null,
			errorRetentionDays: null,
		},
		version: 1,
		createdAt: '2026-11-23T12:00:00Z',
		updatedAt: '2026-11-23T12:00:00Z',
		lastCall: null,
		...changes,
	}
}

/**
 * @param changes what the case is about
 */
export function aBody(changes: Partial<Body> = {}): Body {
	const content = changes.content ?? '{"status":"ok"}'
	return { content, encoding: 'text', size: content.length, isTruncated: false, mediaType: 'application/json', charset: null, ...changes }
}

/**
 * @param changes what the case is about
 */
export function anExchange(changes: Partial<Exchange> = {}): Exchange {
	return {
		position: 0,
		kind: 'request',
		startedAt: '2026-11-23T12:00:00Z',
		durationMs: 84,
		request: { method: 'GET', url: 'https://gis.example/v1/health', headers: [{ name: 'Host', value: 'gis.example' }], body: null },
		response: { statusCode: 200, reason: 'OK', httpVersion: 'HTTP/1.1', headers: [{ name: 'Content-Type', value: 'application/json' }], body: aBody() },
		error: null,
		...changes,
	}
}

/**
 * @param changes what the case is about
 */
export function aCall(changes: Partial<Call> = {}): Call {
	const id = changes.id ?? '0190a5d0-0000-7000-8000-00000000000a'
	return {
		id,
		logId: id,
		sourceId: aSource().id,
		sourceName: 'Parcels',
		trigger: { type: 'test', id: null, userId: 'admin' },
		method: 'GET',
		url: 'https://gis.example/v1/health',
		startedAt: '2026-11-23T12:00:00Z',
		durationMs: 84,
		statusCode: 200,
		reason: 'OK',
		outcome: 'success',
		errorType: null,
		requestSize: 0,
		responseSize: 15,
		exchangeCount: 1,
		expiresAt: '2026-12-23T12:00:00Z',
		diagnosis: null,
		exchanges: [anExchange()],
		...changes,
	}
}
