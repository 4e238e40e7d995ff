/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

export type CodeLanguage = 'json' | 'xml' | 'text'

/** How an editor begins. */
export interface EditorOptions {
	parent: HTMLElement
	text: string
	language: CodeLanguage
	/** Accessible name */
	label: string
	isReadOnly: boolean
	/** Long lines go on below */
	wraps: boolean
	/** What its controls say, by their English words */
	words: Record<string, string>
	/** Gets the text when somebody has changed it */
	onChange: (text: string) => void
}

/** An editor, or a viewer, in the page. */
export interface Editor {
	setText: (text: string) => void
	setLanguage: (language: CodeLanguage) => void
	setWraps: (wraps: boolean) => void
	openSearch: () => void
	destroy: () => void
}

/** What the script of the editor gives to the page. */
export interface EditorScript {
	createEditor: (options: EditorOptions) => Editor
}
