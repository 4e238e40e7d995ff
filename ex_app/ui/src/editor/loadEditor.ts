/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { EditorScript } from './editor.ts'

import { loadScript, ownUrl } from '../loadScript.ts'

declare global {
	interface Window {
		openConnectorEditor?: EditorScript
	}
	/** File name of the editor's script, beside that of the page. */
	const EDITOR_SCRIPT: string
}

let loading: Promise<EditorScript> | null = null

/** The editor. It is a third of all code, so it comes when something is shown in it for the first time. */
export function loadEditor(): Promise<EditorScript> {
	if (process.env.NODE_ENV === 'test') {
		return import('./createEditor.ts')
	}
	loading ??= load(new URL(EDITOR_SCRIPT, ownUrl).href).catch((error: unknown) => {
		loading = null
		throw error
	})
	return loading
}

/**
 * @param url of the script
 */
async function load(url: string): Promise<EditorScript> {
	await loadScript(url)
	if (!window.openConnectorEditor) {
		throw new Error(url)
	}
	return window.openConnectorEditor
}
