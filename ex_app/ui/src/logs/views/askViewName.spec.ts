/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it, vi } from 'vitest'
import { askName } from '../../components/askName.ts'
import { askFileName } from '../../files/askFileName.ts'
import { askViewName } from './askViewName.ts'

vi.mock(import('../../components/askName.ts'))

const asked = vi.mocked(askName)

describe('a name that is asked for', () => {
	it('replaces the view that has it, in whatever case, and loses the spaces around it', async () => {
		asked.mockResolvedValueOnce(' Errors ')
		await expect(askViewName({ title: 'Save', name: '', taken: ['errors'] })).resolves.toBe('Errors')

		const { judge } = asked.mock.lastCall![0]
		expect(judge('ERRORS ')).toMatchObject({ isGood: true, action: 'Replace' })
		expect(judge('Others')).toMatchObject({ isGood: true, action: 'Save' })
		expect(judge('  ').isGood).toBe(false)
	})

	it('is null when nobody answers', async () => {
		asked.mockResolvedValueOnce(null)
		await expect(askViewName({ title: 'Save', name: '', taken: [] })).resolves.toBeNull()
	})

	it('of a file says what is wrong with it, but not before something is typed', async () => {
		asked.mockResolvedValueOnce('a')
		await askFileName({ title: 'New folder', action: 'Create', name: '' })

		const { judge } = asked.mock.lastCall![0]
		expect(judge('')).toEqual({ isGood: false, action: 'Create', hint: '' })
		expect(judge('a/b')).toMatchObject({ isGood: false, hint: expect.stringContaining('slash') })
		expect(judge('2027')).toEqual({ isGood: true, action: 'Create', hint: '' })
	})
})
