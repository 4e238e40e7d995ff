/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { QuietHours, Watch } from './watchApi.ts'

/** What the form changes of a watch. */
export type WatchDraft = Required<Pick<Watch, 'intervalSeconds' | 'method' | 'path' | 'expectedStatus' | 'maxDurationMs' | 'degradedAfter' | 'failingAfter' | 'recoveredAfter' | 'quietHours' | 'expiryDays' | 'notify'>>

/**
 * A copy of what can be changed.
 *
 * @param watch as it is stored
 */
export function draftOf(watch: Watch): WatchDraft {
	const { intervalSeconds, method, path, expectedStatus, maxDurationMs, degradedAfter, failingAfter, recoveredAfter, quietHours, expiryDays, notify } = watch
	return JSON.parse(JSON.stringify({
		intervalSeconds,
		method,
		path,
		expectedStatus,
		maxDurationMs,
		degradedAfter,
		failingAfter,
		recoveredAfter,
		quietHours,
		expiryDays,
		notify,
	})) as WatchDraft
}

/**
 * @param draft what was typed
 * @param watch what is stored
 */
export function isChanged(draft: WatchDraft, watch: Watch): boolean {
	return JSON.stringify(draft) !== JSON.stringify(draftOf(watch))
}

/** Nights where the administrator is: what most want who want quiet hours. */
export function usualQuietHours(): QuietHours {
	return {
		begin: '22:00',
		end: '07:00',
		timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
		weekdays: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'],
	}
}

/**
 * Ids of users from a text with commas or spaces between them.
 *
 * @param text what was typed
 */
export function usersOf(text: string): string[] {
	return [...new Set(text.split(',').map((user) => user.trim()).filter(Boolean))]
}
