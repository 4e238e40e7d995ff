/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Pagination } from '../api/types.ts'

import { describe, expect, it } from 'vitest'
import { paginationLabel, paginationOf, paginationTypes } from './paginationWords.ts'

const byPage: Pagination = { type: 'page', position: '', parameter: 'p', sizeParameter: 'n', size: 20, first: 0, maxPages: 7 }

describe('ways of paging', () => {
	it('begin with what each of them needs, so that they can be saved', () => {
		for (const { value } of paginationTypes()) {
			const pagination = paginationOf(value, null)
			expect(pagination.parameter !== '', value).toBe(['page', 'offset', 'cursor'].includes(value))
			expect(pagination.position !== '', value).toBe(['next_link', 'cursor'].includes(value))
		}
	})

	it('keep what another one has as well', () => {
		expect(paginationOf('offset', byPage)).toEqual({ type: 'offset', position: '', parameter: 'offset', sizeParameter: 'n', size: 20, first: 1, maxPages: 7 })
		expect(paginationOf('link_header', byPage)).toMatchObject({ size: null, sizeParameter: '', maxPages: 7 })
	})

	it('are told in a few words', () => {
		expect(paginationLabel(byPage)).toBe('Page number: p')
		expect(paginationLabel({ ...byPage, type: 'cursor', position: 'meta.next', parameter: 'after' })).toBe('Cursor: meta.next → after')
		expect(paginationLabel(paginationOf('odata', null))).toBe('OData')
	})
})
