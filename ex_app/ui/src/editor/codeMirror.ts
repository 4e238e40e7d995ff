/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Extension } from '@codemirror/state'
import type { CodeLanguage } from './editor.ts'

import { defaultKeymap, history, historyKeymap } from '@codemirror/commands'
import { json } from '@codemirror/lang-json'
import { xml } from '@codemirror/lang-xml'
import { bracketMatching, foldGutter, foldKeymap, HighlightStyle, syntaxHighlighting } from '@codemirror/language'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState } from '@codemirror/state'
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'

// The element colours are newer than the oldest Nextcloud that we run on.
const COLOURS = {
	name: 'var(--color-info-text, var(--color-primary-element))',
	text: 'var(--color-text-success, var(--color-success-text))',
	literal: 'var(--color-text-error, var(--color-error-text))',
	quiet: 'var(--color-text-maxcontrast)',
}

const highlighting = syntaxHighlighting(HighlightStyle.define([
	{ tag: [tags.propertyName, tags.tagName, tags.typeName], color: COLOURS.name },
	{ tag: [tags.string, tags.attributeValue, tags.character], color: COLOURS.text },
	{ tag: [tags.number, tags.bool, tags.null], color: COLOURS.literal },
	{ tag: [tags.comment, tags.processingInstruction, tags.documentMeta, tags.attributeName, tags.angleBracket], color: COLOURS.quiet },
]))

const theme = EditorView.theme({
	'&': {
		backgroundColor: 'var(--color-main-background)',
		color: 'var(--color-main-text)',
		border: '1px solid var(--color-border-dark)',
		borderRadius: 'var(--border-radius-element, var(--border-radius-large))',
		fontSize: '13px',
		overflow: 'hidden',
	},
	'&.cm-focused': { outline: '2px solid var(--color-main-text)', outlineOffset: '-1px' },
	'.cm-scroller': { fontFamily: 'var(--font-monospace, ui-monospace, monospace)', lineHeight: '1.5' },
	// Nextcloud styles everything that is editable as if it were an input, and quite firmly.
	'&.cm-editor .cm-content.cm-content.cm-content': {
		width: 'auto',
		minHeight: '100%',
		margin: '0',
		padding: '4px 0',
		border: 'none',
		borderRadius: '0',
		outline: 'none',
		boxShadow: 'none',
		backgroundColor: 'transparent',
		color: 'var(--color-main-text)',
		caretColor: 'var(--color-main-text)',
		fontFamily: 'inherit',
		fontSize: 'inherit',
	},
	'.cm-cursor': { borderLeftColor: 'var(--color-main-text)' },
	'.cm-gutters': { backgroundColor: 'var(--color-background-hover)', color: COLOURS.quiet, border: 'none' },
	'.cm-foldGutter span': { cursor: 'pointer', padding: '0 4px' },
	'.cm-foldPlaceholder': {
		backgroundColor: 'var(--color-background-dark)',
		border: '1px solid var(--color-border-dark)',
		color: 'var(--color-main-text)',
		padding: '0 6px',
		margin: '0 2px',
	},
	'&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground, .cm-content ::selection': {
		backgroundColor: 'var(--color-primary-element-light-hover, var(--color-primary-element-light))',
	},
	'.cm-searchMatch, .cm-selectionMatch': { backgroundColor: 'var(--color-warning)', color: 'var(--color-warning-text, inherit)' },
	'.cm-searchMatch-selected': { outline: '2px solid var(--color-element-warning, var(--color-warning))' },
	'.cm-matchingBracket, &.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--color-background-darker)' },
	'.cm-panels': { backgroundColor: 'var(--color-background-hover)', color: 'var(--color-main-text)' },
	'.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--color-border)' },
	'.cm-panel.cm-search': { display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: '4px', padding: '6px 40px 6px 6px', fontSize: '13px' },
	'.cm-panel.cm-search br': { display: 'none' },
	'.cm-panel.cm-search label': { display: 'inline-flex', alignItems: 'center', gap: '4px', margin: '0 4px' },
	'.cm-panel.cm-search input, .cm-panel.cm-search button': { margin: '0', minHeight: '0' },
	'.cm-panel.cm-search input[type=checkbox]': { width: '16px', height: '16px' },
	'.cm-textfield': {
		height: '28px',
		padding: '0 8px',
		border: '1px solid var(--color-border-maxcontrast)',
		borderRadius: 'var(--border-radius-small, var(--border-radius))',
		backgroundColor: 'var(--color-main-background)',
		color: 'var(--color-main-text)',
		fontSize: '13px',
	},
	'.cm-button': {
		height: '28px',
		padding: '0 10px',
		border: 'none',
		borderRadius: 'var(--border-radius-small, var(--border-radius))',
		backgroundColor: 'var(--color-primary-element-light)',
		backgroundImage: 'none',
		color: 'var(--color-primary-element-light-text)',
		fontSize: '13px',
		textTransform: 'none',
	},
	'.cm-panel.cm-search [name=close]': {
		insetBlockStart: '6px',
		insetInlineEnd: '6px',
		width: '28px',
		height: '28px',
		fontSize: '18px',
		color: 'var(--color-main-text)',
		backgroundColor: 'transparent',
		border: 'none',
	},
})

/**
 * @param language what the text is written in
 */
export function languageOf(language: CodeLanguage): Extension {
	switch (language) {
		case 'json': return json()
		case 'xml': return xml()
		default: return []
	}
}

/**
 * What an editor and a viewer share, and what sets them apart.
 *
 * @param label accessible name
 * @param isReadOnly a viewer
 * @param words what its controls say
 */
export function setup(label: string, isReadOnly: boolean, words: Record<string, string>): Extension {
	return [
		lineNumbers(),
		highlightSpecialChars(),
		drawSelection(),
		foldGutter(),
		bracketMatching(),
		highlighting,
		theme,
		EditorState.phrases.of(words),
		search({ top: true }),
		EditorView.contentAttributes.of({ 'aria-label': label }),
		// A viewer stays focusable, so that one can search, fold and copy with the keyboard.
		isReadOnly ? [EditorState.readOnly.of(true), highlightSelectionMatches()] : history(),
		keymap.of([...searchKeymap, ...foldKeymap, ...defaultKeymap, ...(isReadOnly ? [] : historyKeymap)]),
	]
}
