/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { loadState } from '@nextcloud/initial-state'
import { generateUrl } from '@nextcloud/router'

/** The app id that Nextcloud knows; also the name of our translations. */
export const APP_ID = 'open_connector'

/** Name of the entry in Nextcloud's top menu. */
const MENU_ENTRY = 'main'

/** What the app tells its page when it registers the menu entry. */
export interface PageConfig {
	version?: string
}

/**
 * Where AppAPI's proxy serves our HTTP API.
 *
 * @param path path below `/api`, already encoded, without a leading slash
 */
export function apiUrl(path: string): string {
	return generateUrl(`/apps/app_api/proxy/${APP_ID}/api/`) + path
}

/**
 * Where the proxy serves the translations of the page.
 *
 * @param language as their file is named, such as `de_DE`
 */
export function translationsUrl(language: string): string {
	return generateUrl(`/apps/app_api/proxy/${APP_ID}/l10n/${language}.js`)
}

/** The address of our page; everything behind it is a deep link. */
export function pageBase(): string {
	return generateUrl(`/apps/app_api/embedded/${APP_ID}/${MENU_ENTRY}`)
}

/** AppAPI hands the state over as JSON inside a JSON string; a host that decodes it first is fine too. */
export function pageConfig(): PageConfig {
	const state = loadState<string | PageConfig>('app_api', `${APP_ID}-config`, {})
	return typeof state === 'string' ? JSON.parse(state) as PageConfig : state
}
