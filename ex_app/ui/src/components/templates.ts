/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { InjectionKey } from 'vue'
import type { Preview } from '../api/authentication.ts'

import { inject, provide } from 'vue'
import { isCancelled, toProblem } from '../api/problem.ts'
import { previewTemplates } from '../api/templates.ts'

/** What the server takes at once, and for how long. */
const MOST_TEXTS = 200
const MOST_CHARACTERS = 64 * 1024
/** Somebody who types pauses for as long. */
const QUIET_MS = 350

/** Fills in placeholders to look at. */
export interface Templates {
	/** Changes when the fields that placeholders name may have changed */
	revision: () => unknown
	/** Null when nobody knows: the server did not answer, or the text is too long to ask */
	preview: (place: string, text: string) => Promise<Preview | null>
}

const KEY: InjectionKey<Templates> = Symbol('templates')

/**
 * Whether a text is filled in before it is sent.
 *
 * @param text what was typed
 */
export function isTemplate(text: string): boolean {
	return text.includes('{{')
}

/**
 * Previews that are wanted within a moment are asked for together.
 *
 * @param sourceId id or slug of the source whose fields the placeholders name
 */
export function createPreviewer(sourceId: () => string): Templates['preview'] {
	const waiting: { place: string, text: string, answer: (preview: Preview | null) => void }[] = []
	let timer = 0

	/** Asks for all that wait. A preview is an ornament: without it the field works as well. */
	async function ask() {
		const asked = waiting.splice(0, MOST_TEXTS)
		if (waiting.length > 0) {
			timer = window.setTimeout(ask)
		}
		try {
			const previews = await previewTemplates(sourceId(), asked.map(({ place, text }) => ({ place, text })))
			asked.forEach(({ answer }, index) => answer(previews[index] ?? null))
		} catch (error) {
			if (!isCancelled(error)) {
				toProblem(error)
			}
			asked.forEach(({ answer }) => answer(null))
		}
	}

	return (place, text) => new Promise((answer) => {
		if (text.length > MOST_CHARACTERS) {
			answer(null)
			return
		}
		waiting.push({ place, text, answer })
		window.clearTimeout(timer)
		timer = window.setTimeout(ask, QUIET_MS)
	})
}

/**
 * For the page of a source: fields on it show what their placeholders become.
 *
 * @param sourceId id or slug
 * @param revision changes when the fields of the source may have changed
 */
export function provideTemplates(sourceId: () => string, revision: () => unknown): void {
	provide(KEY, { revision, preview: createPreviewer(sourceId) })
}

/** Null outside of the pages of a source. */
export function useTemplates(): Templates | null {
	return inject(KEY, null)
}
