/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { components } from '../api/schema.d.ts'

import { request, segment } from '../api/client.ts'

type Schemas = components['schemas']

/** A watch, and how its source is. */
export type Watch = Schemas['WatchRead']
export type WatchUpdate = Schemas['WatchUpdate']
export type QuietHours = NonNullable<Watch['quietHours']>
export type Weekday = NonNullable<QuietHours['weekdays']>[number]
export type Check = Schemas['Check']
export type Expiry = Schemas['Expiry']
export type WatchNotification = Schemas['NotificationRead']
export type Health = Schemas['HealthRead']

/**
 * @param source id or slug
 */
function path(source: string): string {
	return `sources/${segment(source)}/watch`
}

/**
 * The watch of a source, or null when nobody watches it.
 *
 * @param source id or slug
 * @param signal gives up
 */
export function readWatch(source: string, signal?: AbortSignal): Promise<Watch | null> {
	return request('GET', path(source), { signal })
}

/**
 * Watch a source, or change how; refused when `version` is not the stored one.
 *
 * @param source id or slug
 * @param watch how; what is left out goes back to its default
 */
export function storeWatch(source: string, watch: Partial<WatchUpdate>): Promise<Watch> {
	return request('PUT', path(source), { body: watch })
}

/**
 * @param source id or slug
 */
export function removeWatch(source: string): Promise<void> {
	return request('DELETE', path(source))
}

/**
 * Check a source now.
 *
 * @param source id or slug
 */
export function checkNow(source: string): Promise<Watch> {
	return request('POST', `${path(source)}/check`)
}
