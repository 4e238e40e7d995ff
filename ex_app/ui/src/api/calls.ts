/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { TestCall, TestRequest, Verification, VerifyRequest } from './types.ts'

import { request, segment } from './client.ts'

/**
 * Call a source. The answer comes when the call has ended, well or badly; the source's own timeouts bound it.
 *
 * @param sourceId id or slug
 * @param testRequest what to send
 * @param signal gives up waiting (the call itself goes on)
 */
export function testSource(sourceId: string, testRequest: TestRequest, signal?: AbortSignal): Promise<TestCall> {
	return request('POST', `sources/${segment(sourceId)}/test`, { body: testRequest, signal, timeoutMs: 0 })
}

/**
 * Go the way of a call step by step, over a new connection, up to the first step that fails.
 *
 * @param sourceId id or slug
 * @param verifyRequest which path to ask for
 * @param signal gives up waiting (the call itself goes on)
 */
export function verifySource(sourceId: string, verifyRequest: VerifyRequest, signal?: AbortSignal): Promise<Verification> {
	return request('POST', `sources/${segment(sourceId)}/verify`, { body: verifyRequest, signal, timeoutMs: 0 })
}

/**
 * End a running call.
 *
 * @param callId the id that was sent with the test or the verification
 */
export function cancelCall(callId: string): Promise<void> {
	return request('DELETE', `calls/${segment(callId)}`)
}
