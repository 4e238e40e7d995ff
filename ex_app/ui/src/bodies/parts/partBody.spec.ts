/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyView } from '../../api/bodies.ts'

import { describe, expect, it } from 'vitest'
import { bytesOf } from '../bodyContent.ts'
import { bodyOf } from './partBody.ts'

const VIEW: BodyView = {
	format: 'text',
	mediaType: 'text/plain',
	charset: 'utf-8',
	charsetFrom: 'header',
	size: 600_000,
	keptSize: 600_000,
	hasTree: false,
	namespaces: {},
	findings: [],
	parts: [],
}

describe('a part of a multipart body', () => {
	it('is a body of its own', () => {
		const bytes = new TextEncoder().encode('hé')

		expect(bodyOf({ ...VIEW, size: 3, keptSize: 3 }, bytes)).toEqual({
			content: 'hé',
			encoding: 'text',
			size: 3,
			keptSize: 3,
			isTruncated: false,
			isPreview: false,
			mediaType: 'text/plain',
			charset: 'utf-8',
			charsetFrom: 'header',
		})
	})

	it('that is long is a preview, up to its last whole character', () => {
		const bytes = new Uint8Array(256 * 1024).fill(0x78)
		bytes[bytes.length - 1] = 0xc3

		const body = bodyOf(VIEW, bytes)

		expect(body.isPreview).toBe(true)
		expect(body.content).toBe('x'.repeat(256 * 1024 - 1))
	})

	it('may be bytes', () => {
		const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index % 256)

		const body = bodyOf({ ...VIEW, charset: null, charsetFrom: null, size: 20_000, keptSize: 20_000 }, bytes)

		expect(body.encoding).toBe('base64')
		expect(bytesOf(body)).toEqual(bytes)
	})
})
