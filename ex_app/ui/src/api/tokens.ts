/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { AuthorizationReturn, AuthorizationStarted, Login, Token, TokenFetched } from './authentication.ts'

import { request, segment } from './client.ts'

/**
 * Fetch another token now. The answer comes when the call has ended, well or badly.
 *
 * @param sourceId id or slug
 * @param callId by which it can be cancelled
 * @param signal gives up waiting (the request itself goes on)
 */
export function fetchToken(sourceId: string, callId: string, signal?: AbortSignal): Promise<TokenFetched> {
	return request('POST', `sources/${segment(sourceId)}/token`, { body: { callId }, signal, timeoutMs: 0 })
}

/**
 * What is known of the token that is kept. Nothing is fetched.
 *
 * @param sourceId id or slug
 * @param signal gives up
 */
export async function readToken(sourceId: string, signal?: AbortSignal): Promise<Token | null> {
	const { token } = await request<{ token: Token | null }>('GET', `sources/${segment(sourceId)}/token`, { signal })
	return token
}

/**
 * Forget the token, and the login that it came from.
 *
 * @param sourceId id or slug
 */
export function forgetToken(sourceId: string): Promise<void> {
	return request('DELETE', `sources/${segment(sourceId)}/token`)
}

/**
 * Begin a login at the provider.
 *
 * @param sourceId id or slug
 * @param redirectUri the page of ours that the provider leads back to
 */
export function beginAuthorization(sourceId: string, redirectUri: string): Promise<AuthorizationStarted> {
	return request('POST', `sources/${segment(sourceId)}/authorization`, { body: { redirectUri }, timeoutMs: 0 })
}

/**
 * End a login with what the provider has sent the browser back with. It can be done once.
 *
 * @param returned what stood in the address
 */
export function finishAuthorization(returned: AuthorizationReturn): Promise<Login> {
	return request('POST', 'authorizations', { body: returned, timeoutMs: 0 })
}
