/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyPlace, BodyView } from '../../api/bodies.ts'
import type { Body } from '../../api/types.ts'

import { readContent, viewBody } from '../../api/bodies.ts'

/** As much as the server sends along of a whole body. */
const PREVIEW_BYTES = 256 * 1024
/** `String.fromCharCode` takes its characters as arguments, of which there may not be too many. */
const CHUNK = 8192

/**
 * One part of a multipart body, in the form in which a whole body comes with its exchange.
 *
 * @param place which part
 * @param signal gives up
 */
export async function readPart(place: BodyPlace, signal: AbortSignal): Promise<Body> {
	const [view, bytes] = await Promise.all([viewBody(place, signal), readContent(place, 0, PREVIEW_BYTES, signal)])
	return bodyOf(view, bytes)
}

/**
 * @param view what is known of a body
 * @param bytes its beginning
 */
export function bodyOf(view: BodyView, bytes: Uint8Array): Body {
	const isText = view.charset !== null
	const { size, keptSize, mediaType, charset, charsetFrom } = view
	return {
		// A character that is cut at the end comes whole when more is loaded: what is loaded counts in bytes of what is shown.
		content: isText ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes, { stream: true }) : base64(bytes),
		encoding: isText ? 'text' : 'base64',
		size,
		keptSize,
		isTruncated: keptSize < size,
		isPreview: bytes.length === PREVIEW_BYTES && bytes.length < keptSize,
		mediaType,
		charset,
		charsetFrom,
	}
}

/**
 * @param bytes any
 */
function base64(bytes: Uint8Array): string {
	const parts: string[] = []
	for (let offset = 0; offset < bytes.length; offset += CHUNK) {
		parts.push(String.fromCharCode(...bytes.subarray(offset, offset + CHUNK)))
	}
	return btoa(parts.join(''))
}
