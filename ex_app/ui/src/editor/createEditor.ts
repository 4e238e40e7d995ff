/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Editor, EditorOptions } from './editor.ts'

import { openSearchPanel } from '@codemirror/search'
import { Compartment, EditorState } from '@codemirror/state'
import { EditorView } from '@codemirror/view'
import { languageOf, setup } from './codeMirror.ts'

/**
 * An editor in the page, until it is destroyed.
 *
 * @param options how it begins
 */
export function createEditor(options: EditorOptions): Editor {
	const languageSlot = new Compartment()
	const wrappingSlot = new Compartment()
	const view = new EditorView({
		parent: options.parent,
		state: EditorState.create({
			doc: options.text,
			extensions: [
				setup(options.label, options.isReadOnly, options.words),
				languageSlot.of(languageOf(options.language)),
				wrappingSlot.of(options.wraps ? EditorView.lineWrapping : []),
				EditorView.updateListener.of((update) => {
					if (update.docChanged) {
						options.onChange(update.state.doc.toString())
					}
				}),
			],
		}),
	})
	return {
		setText(text) {
			const before = view.state.doc.toString()
			if (text !== before) {
				// What is only added leaves the place where somebody reads.
				const from = text.startsWith(before) ? before.length : 0
				view.dispatch({ changes: { from, to: before.length, insert: text.slice(from) } })
			}
		},
		setLanguage: (language) => view.dispatch({ effects: languageSlot.reconfigure(languageOf(language)) }),
		setWraps: (wraps) => view.dispatch({ effects: wrappingSlot.reconfigure(wraps ? EditorView.lineWrapping : []) }),
		openSearch: () => openSearchPanel(view),
		destroy: () => view.destroy(),
	}
}
