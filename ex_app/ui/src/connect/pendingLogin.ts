/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { APP_ID, pageBase } from '../appapi.ts'

/** The page that providers send the browser back to. It has to be registered with them. */
export function redirectUri(): string {
	return new URL(`${pageBase()}/connect`, window.location.origin).href
}

/**
 * @param state what ties the return to the beginning
 */
function storageKey(state: string): string {
	return `${APP_ID}:login:${state}`
}

/**
 * Remember which source a login is for, so that there is a way back even when the login fails. The server knows it by itself.
 *
 * @param authorizationUrl where the browser goes, with the state in it
 * @param slug of the source
 */
export function rememberLogin(authorizationUrl: string, slug: string): void {
	try {
		const state = new URL(authorizationUrl).searchParams.get('state')
		if (state) {
			sessionStorage.setItem(storageKey(state), slug)
		}
	} catch {
		// A full or forbidden storage costs the convenience only.
	}
}

/**
 * The source that a login was for, once.
 *
 * @param state what came back
 * @return slug of the source; null when it began in another window
 */
export function recallLogin(state: string): string | null {
	try {
		const slug = sessionStorage.getItem(storageKey(state))
		sessionStorage.removeItem(storageKey(state))
		return slug
	} catch {
		return null
	}
}
