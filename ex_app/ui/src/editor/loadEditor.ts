/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { EditorScript } from './editor.ts'

declare global {
	interface Window {
		openConnectorEditor?: EditorScript
	}
	/** File name of the editor's script, beside that of the page. */
	const EDITOR_SCRIPT: string
}

// While a classic script runs for the first time, the page knows which one it is.
const own = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null
const base = own?.src ?? ''
const nonce = own?.nonce ?? ''

let loading: Promise<EditorScript> | null = null

/** The editor. It is a third of all code, so it comes when something is shown in it for the first time. */
export function loadEditor(): Promise<EditorScript> {
	if (process.env.NODE_ENV === 'test') {
		return import('./createEditor.ts')
	}
	loading ??= load(new URL(EDITOR_SCRIPT, base).href).catch((error: unknown) => {
		loading = null
		throw error
	})
	return loading
}

/**
 * @param url of the script
 */
function load(url: string): Promise<EditorScript> {
	return new Promise((resolve, reject) => {
		const script = document.createElement('script')
		script.src = url
		script.nonce = nonce
		script.addEventListener('load', () => window.openConnectorEditor ? resolve(window.openConnectorEditor) : reject(new Error(url)))
		script.addEventListener('error', () => {
			script.remove()
			reject(new Error(url))
		})
		document.head.append(script)
	})
}
