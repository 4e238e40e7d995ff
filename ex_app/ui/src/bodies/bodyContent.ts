/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyFormat } from '../api/bodies.ts'
import type { Body } from '../api/types.ts'
import type { CodeLanguage } from '../editor/editor.ts'

const PICTURE_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp', 'image/x-icon', 'image/vnd.microsoft.icon']

/**
 * What a body is, by what it says of itself and else by how it begins. The server knows more, a moment later.
 *
 * @param body any body
 */
export function formatOf(body: Body): BodyFormat {
	const type = mediaType(body)
	if (type.startsWith('multipart/')) {
		return 'multipart'
	}
	if (body.encoding === 'base64') {
		return PICTURE_TYPES.includes(type) ? 'image' : 'binary'
	}
	switch (type) {
		case 'text/html': return 'html'
		case 'text/csv':
		case 'text/tab-separated-values': return 'csv'
		default: return languageOfBody(body)
	}
}

/**
 * What a body is written in, by what it says of itself and else by how it begins.
 *
 * @param body a text body
 */
export function languageOfBody(body: Body): CodeLanguage {
	const type = mediaType(body)
	if (/[/+]json$|^application\/x-ndjson$/.test(type)) {
		return 'json'
	}
	if (/[/+]xml$|^text\/html$/.test(type)) {
		return 'xml'
	}
	const start = body.content.trimStart().charAt(0)
	return start === '{' || start === '[' ? 'json' : start === '<' ? 'xml' : 'text'
}

/**
 * Whether the browser can show it as a picture, or the beginning of one. SVG is text, and shown as such: it may hold scripts.
 *
 * @param body any body
 */
export function isPicture(body: Body): boolean {
	return PICTURE_TYPES.includes(mediaType(body))
}

/**
 * The bytes of a body, as far as the page has them; text as UTF-8.
 *
 * @param body any body
 */
export function bytesOf(body: Body): Uint8Array<ArrayBuffer> {
	if (body.encoding === 'text') {
		return new TextEncoder().encode(body.content)
	}
	return Uint8Array.from(atob(body.content), (character) => character.charCodeAt(0))
}

/**
 * Something that the browser can download or show. It has to be released with `URL.revokeObjectURL`.
 *
 * @param body what the bytes are
 * @param bytes all of it
 */
export function objectUrl(body: Body, bytes: Uint8Array<ArrayBuffer>): string {
	return URL.createObjectURL(new Blob([bytes], { type: mediaType(body) || 'application/octet-stream' }))
}

/**
 * @param body any body
 * @param name what the file is called, without its ending
 */
export function fileName(body: Body, name: string): string {
	const type = mediaType(body)
	const endings: Record<string, string> = { 'text/plain': 'txt', 'text/html': 'html', 'text/csv': 'csv', 'image/jpeg': 'jpg', 'application/pdf': 'pdf', 'application/zip': 'zip' }
	const ending = endings[type]
		?? (PICTURE_TYPES.includes(type) ? type.split('/')[1]! : undefined)
		?? (body.encoding === 'base64' ? 'bin' : { json: 'json', xml: 'xml', text: 'txt' }[languageOfBody(body)])
	return `${name}.${ending}`
}

/**
 * @param body any body
 */
export function mediaType(body: Body): string {
	return (body.mediaType ?? '').split(';')[0]!.trim().toLowerCase()
}

/**
 * @param bytes what is shown
 * @param index which line of sixteen bytes, from 0
 * @return its offset, the bytes in hex, and the same as text
 */
export function hexLine(bytes: Uint8Array, index: number): string {
	const offset = index * 16
	const row = [...bytes.subarray(offset, offset + 16)]
	const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
	const text = row.map((byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.').join('')
	return `${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${text}`
}
