/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { RecordCell, RecordPage } from '../../api/bodies.ts'

import { describe, expect, it } from 'vitest'
import { recordsCsv } from './recordsCsv.ts'

describe('records as CSV', () => {
	it('have a line of names, and quotes where they are needed', () => {
		const cell = (text: string, kind: NonNullable<RecordCell>['kind'] = 'string'): RecordCell => ({ text, kind, isCut: false })
		const page: RecordPage = {
			position: 'items',
			isFoundByItself: true,
			total: 2,
			offset: 0,
			columns: ['id', 'full, name'],
			rows: [[cell('1', 'number'), cell('Ann "A" Bee')], [null, cell('null', 'null')]],
			problem: null,
			proposals: [],
		}

		expect(recordsCsv(page)).toBe('id,"full, name"\r\n1,"Ann ""A"" Bee"\r\n,\r\n')
	})
})
