/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Plugin } from 'vite'

import { runInNewContext } from 'node:vm'

interface Language {
	language: string
	translations: { msgid: string }[]
}

/** What the toasts say. All its other texts belong to its file picker, which we do not use. */
const TOAST_TEXTS = new Set(['Close', 'Undo', 'Error: {message}', 'Warning: {message}', 'Info: {message}', 'Success: {message}'])

const DIALOGS = /@nextcloud\/dialogs\/dist\/chunks\/index\.mjs$/
const TABLE = /for \(const data of (\[\{ "language": .*\}\])\) \{/

/**
 * The package of the toasts brings the translations of its file picker into every bundle, an eighth of ours: only those of the toasts stay.
 *
 * Its code may change with any version; a table that is no longer found ends the build, so that somebody looks.
 */
export function toastTranslations(): Plugin {
	return {
		name: 'open-connector:toast-translations',
		apply: 'build',
		transform(code, id) {
			if (!DIALOGS.test(id)) {
				return null
			}
			const table = TABLE.exec(code)?.[1]
			if (!table) {
				this.error('The translations of @nextcloud/dialogs are not where they were')
			}
			const kept = (runInNewContext(table) as Language[]).map(({ language, translations }) => ({
				language,
				translations: translations.filter(({ msgid }) => TOAST_TEXTS.has(msgid)),
			})).filter(({ translations }) => translations.length > 0)
			return { code: code.replace(table, () => JSON.stringify(kept)), map: null }
		},
	}
}
