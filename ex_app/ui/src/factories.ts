/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Token } from './api/authentication.ts'
import type { FileEntry, ListingPart } from './api/files.ts'
import type { Retention } from './api/retention.ts'
import type { Body, Call, Certificate, ConnectionEvidence, Exchange, Settings, Source, Timings } from './api/types.ts'
import type { Watch } from './monitoring/watchApi.ts'

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
			caCertificates: '',
			clientCertificate: null,
			pinnedCertificates: [],
			http2: false,
			proxy: null,
			redirects: 'same_origin',
			maxRedirects: 10,
			keepCookies: false,
			retry: { maxRetries: 0, statuses: [408, 429, 502, 503, 504], backoffMs: 500, maxBackoffMs: 30_000, allMethods: false },
			rateLimit: null,
			maxBodyBytes: 1_048_576,
			retention: someRetention(),
			bodies: { policy: null, until: null },
			files: { allowChanges: false, mode: 'passive', encoding: 'utf-8' },
			soap: { wsdlUrl: '', addressing: 'auto', security: null },
		},
		resultsPosition: '',
		pagination: null,
		version: 1,
		createdAt: '2026-11-23T12:00:00Z',
		updatedAt: '2026-11-23T12:00:00Z',
		lastCall: null,
		rateState: null,
		warnings: [],
		hostKey: null,
		health: null,
		...changes,
	}
}

/**
 * @param changes what the case is about
 */
export function aBody(changes: Partial<Body> = {}): Body {
	const content = changes.content ?? '{"status":"ok"}'
	return {
		content,
		encoding: 'text',
		size: content.length,
		keptSize: content.length,
		isTruncated: false,
		isPreview: false,
		mediaType: 'application/json',
		charset: null,
		charsetFrom: null,
		...changes,
	}
}

/**
 * @param changes what the case is about
 */
export function someTimings(changes: Partial<Timings> = {}): Timings {
	return { blockedMs: 1, dnsMs: 3, connectMs: 30, tlsMs: 20, sendMs: 1, waitMs: 40, receiveMs: 9, ...changes }
}

/**
 * @param changes what the case is about
 */
export function aCertificate(changes: Partial<Certificate> = {}): Certificate {
	return {
		subject: 'CN=gis.example',
		issuer: 'CN=Example Authority',
		names: ['gis.example'],
		notBefore: '2026-10-01T00:00:00Z',
		notAfter: '2027-02-01T00:00:00Z',
		daysLeft: 69,
		fingerprint: 'ab'.repeat(32),
		...changes,
	}
}

/**
 * @param changes what the case is about
 */
export function aConnection(changes: Partial<ConnectionEvidence> = {}): ConnectionEvidence {
	return {
		isReused: false,
		resolved: ['203.0.113.7'],
		address: '203.0.113.7',
		port: 443,
		proxy: null,
		tls: { version: 'TLSv1.3', cipher: 'TLS_AES_256_GCM_SHA384', alpn: 'http/1.1', isVerified: true, chain: [aCertificate()] },
		...changes,
	}
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
		delayMs: 0,
		timings: someTimings(),
		connection: aConnection(),
		request: {
			method: 'GET',
			url: 'https://gis.example/v1/health',
			headers: [{ name: 'Host', value: 'gis.example', origin: 'transport' }],
			parameters: [],
			body: null,
			wireSize: 120,
		},
		response: {
			statusCode: 200,
			reason: 'OK',
			httpVersion: 'HTTP/1.1',
			headers: [{ name: 'Content-Type', value: 'application/json' }],
			body: aBody(),
			encodedSize: 15,
			wireSize: 180,
		},
		error: null,
		trace: null,
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
		number: 1,
		isPinned: false,
		hasBodies: true,
		redactedCount: 0,
		hit: null,
		diagnosis: null,
		exchanges: [anExchange()],
		...changes,
	}
}

/**
 * @param changes what the case is about
 */
export function aToken(changes: Partial<Token> = {}): Token {
	return {
		tokenType: 'Bearer',
		scope: 'read write',
		obtainedAt: '2026-11-23T12:00:00Z',
		expiresAt: '2026-11-23T13:00:00Z',
		canRefresh: false,
		refreshExpiresAt: null,
		issuer: null,
		jwt: null,
		...changes,
	}
}

/**
 * @param changes what the case is about
 */
export function someRetention(changes: Partial<Retention> = {}): Retention {
	return { successDays: null, errorDays: null, successBodyDays: null, errorBodyDays: null, maxCalls: null, maxBytes: null, ...changes }
}

/**
 * @param changes what the case is about
 */
export function someSettings(changes: Partial<Settings> = {}): Settings {
	return {
		egressAllow: [],
		egressAllowEnvironment: [],
		redactionNames: [],
		retention: someRetention(),
		retentionEnvironment: someRetention({ successDays: 30, errorDays: 90 }),
		bodies: { policy: null, until: null },
		timeouts: { connectMs: null, readMs: null, totalMs: null },
		limits: { requestsPerMinute: null, concurrentCalls: null },
		refused: [],
		version: 1,
		updatedAt: null,
		...changes,
	}
}

/**
 * @param changes what the case is about
 */
export function anEntry(changes: Partial<FileEntry> = {}): FileEntry {
	return { name: 'report.csv', type: 'file', size: 1200, modifiedAt: '2026-11-20T08:00:00Z', permissions: 'rw-r--r--', ...changes }
}

/**
 * @param count how many
 * @param from the number in the name of the first
 */
export function someEntries(count: number, from = 0): FileEntry[] {
	return Array.from({ length: count }, (_, index) => anEntry({ name: `file-${String(from + index).padStart(6, '0')}.txt` }))
}

/**
 * @param changes what the case is about
 */
export function aListing(changes: Partial<ListingPart> = {}): ListingPart {
	const entries = changes.entries ?? [anEntry()]
	return { call: null, listingId: '0190a5d0-0000-7000-8000-0000000000aa', entries, total: entries.length, isComplete: true, ...changes }
}

/**
 * @param changes what the case is about
 */
export function aWatch(changes: Partial<Watch> = {}): Watch {
	return {
		isEnabled: true,
		intervalSeconds: 300,
		method: null,
		path: '',
		expectedStatus: '2xx',
		maxDurationMs: null,
		degradedAfter: 2,
		failingAfter: 3,
		recoveredAfter: 2,
		quietHours: null,
		expiryDays: 14,
		notify: ['admin'],
		version: 1,
		state: 'healthy',
		stateSince: null,
		reason: '',
		checkedAt: null,
		nextCheckAt: '2026-11-27T12:00:00Z',
		checks: [],
		expiries: [],
		notifications: [],
		...changes,
	}
}
