/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyFormat } from '../../api/bodies.ts'
import type { Content } from '../useContent.ts'

import { shallowRef, watch } from 'vue'
import { JsonLayout, prettyJson } from './prettyJson.ts'
import { prettyXml } from './prettyXml.ts'

/** Above this, laying out as a whole would make the page stutter. */
export const PRETTY_LIMIT = 1024 * 1024

/**
 * The text of a body laid out over lines; null where that is not possible. What comes later is added to what is there.
 *
 * @param content what the page has of the body
 * @param format what it is
 */
export function useLayout(content: Content, format: () => BodyFormat) {
	const pretty = shallowRef<string | null>(null)
	let layout = new JsonLayout()
	let written = ''
	let count = 0

	watch([content.pieces, format], ([pieces, kind], [, before]) => {
		if (kind === 'json') {
			const isOneMore = kind === before && count > 0 && pieces.length === count + 1
			pretty.value = isOneMore ? appended(pieces.at(-1)!) : begun(pieces)
			count = pieces.length
		} else {
			count = 0
			pretty.value = (kind === 'xml' || kind === 'html') && content.text.value.length <= PRETTY_LIMIT ? prettyXml(content.text.value, !content.isWhole.value) : null
		}
	}, { immediate: true })

	/**
	 * @param pieces all that is there
	 */
	function begun(pieces: string[]): string | null {
		layout = new JsonLayout()
		written = ''
		if (content.isWhole.value) {
			return content.text.value.length <= PRETTY_LIMIT ? prettyJson(content.text.value) : null
		}
		// Of a beginning nobody can say whether it will be JSON, only whether it begins like it.
		return /^\s*[[{]/.test(pieces[0] ?? '') ? appended(pieces.join('')) : null
	}

	/**
	 * @param piece what has come
	 */
	function appended(piece: string): string | null {
		if (pretty.value === null && written !== '') {
			return null
		}
		written += layout.push(piece)
		return written + layout.rest
	}

	return pretty
}
