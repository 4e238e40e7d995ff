/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Body } from '../api/types.ts'
import type { CodeLanguage } from '../components/codeMirror.ts'

import { prettyJson } from './prettyJson.ts'
import { prettyXml } from './prettyXml.ts'

/** Above this, laying out and colouring would make the page stutter. */
export const PRETTY_LIMIT = 1024 * 1024

const PREVIEW_TYPES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp', 'image/x-icon', 'image/vnd.microsoft.icon']

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
 * @param body a text body
 * @return its text laid out; null when that is not possible
 */
export function prettyText(body: Body): string | null {
	if (body.content.length > PRETTY_LIMIT || body.isTruncated) {
		return null
	}
	switch (languageOfBody(body)) {
		case 'json': return prettyJson(body.content)
		case 'xml': return prettyXml(body.content)
		default: return null
	}
}

/**
 * Whether the browser can show it as a picture. SVG is text, and shown as such: it may hold scripts.
 *
 * @param body a binary body
 */
export function isPicture(body: Body): boolean {
	return !body.isTruncated && PREVIEW_TYPES.includes(mediaType(body))
}

/**
 * The bytes of a body, as far as they were kept.
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
 * @param body any body
 */
export function objectUrl(body: Body): string {
	return URL.createObjectURL(new Blob([bytesOf(body)], { type: mediaType(body) || 'application/octet-stream' }))
}

/**
 * @param body any body
 * @param name what the file is called, without its ending
 */
export function fileName(body: Body, name: string): string {
	const type = mediaType(body)
	const endings: Record<string, string> = { 'text/plain': 'txt', 'text/html': 'html', 'text/csv': 'csv', 'image/jpeg': 'jpg', 'application/pdf': 'pdf', 'application/zip': 'zip' }
	const ending = endings[type]
		?? (PREVIEW_TYPES.includes(type) ? type.split('/')[1]! : undefined)
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
 * @param bytes the first of them are shown
 * @param count how many
 * @return lines of offset, sixteen bytes in hex, and the same as text
 */
export function hexLines(bytes: Uint8Array, count = 1024): string[] {
	const lines: string[] = []
	for (let offset = 0; offset < Math.min(bytes.length, count); offset += 16) {
		const row = [...bytes.slice(offset, Math.min(offset + 16, count))]
		const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
		const text = row.map((byte) => byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.').join('')
		lines.push(`${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(47)}  ${text}`)
	}
	return lines
}
