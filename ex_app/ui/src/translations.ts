/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { getLanguage } from '@nextcloud/l10n'
import { PLURAL_FORMS } from '../scripts/languages.mjs'
import { APP_ID, translationsUrl } from './appapi.ts'
import { loadScript } from './loadScript.ts'

declare global {
	interface Window {
		/** Where Nextcloud and its packages keep the translations of each app. */
		_oc_l10n_registry_translations?: Record<string, unknown>
	}
}

/** How long the page waits for them before it shows in English. */
export const PATIENCE_MS = 3000

/**
 * Load the translations where Nextcloud has not done it: it has them only where the app's `l10n/` was copied into it. Never fails.
 */
export async function loadMissingTranslations(): Promise<void> {
	const language = fileOf(getLanguage())
	if (!language || window._oc_l10n_registry_translations?.[APP_ID]) {
		return
	}
	const patience = new Promise((resolve) => {
		window.setTimeout(resolve, PATIENCE_MS)
	})
	await Promise.race([loadScript(translationsUrl(language)), patience]).catch(() => {})
}

/**
 * The name of the file for a language: its own, else that of the language without its region.
 *
 * @param language as the page has it, such as `de-DE`
 * @return undefined where there is none
 */
export function fileOf(language: string): string | undefined {
	const name = language.replace('-', '_')
	return [name, name.split('_')[0]!].find((one) => Object.hasOwn(PLURAL_FORMS, one))
}
