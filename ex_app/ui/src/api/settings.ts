/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Settings } from './types.ts'

import { request } from './client.ts'

/**
 * @param signal gives up
 */
export function readSettings(signal?: AbortSignal): Promise<Settings> {
	return request('GET', 'settings', { signal })
}

/**
 * Replace the settings; refused when `version` is not the stored one.
 *
 * @param settings what can be changed of them
 */
export function replaceSettings(settings: Pick<Settings, 'egressAllow' | 'redactionNames' | 'retention' | 'bodies' | 'timeouts' | 'limits' | 'version'>): Promise<Settings> {
	return request('PUT', 'settings', { body: settings })
}
