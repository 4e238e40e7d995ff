/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Source } from '../../api/types.ts'

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { computed, ref } from 'vue'
import { MASK } from '../../api/mask.ts'
import { Problem } from '../../api/problem.ts'
import { replaceSource } from '../../api/sources.ts'
import { aSource } from '../../factories.ts'
import { differences } from './draft.ts'
import { useSourceDraft } from './useSourceDraft.ts'

vi.mock(import('../../api/sources.ts'))

const put = vi.mocked(replaceSource)

/** The page around a draft. */
function edit() {
	const stored = ref(aSource({ authentication: { type: 'bearer', token: MASK } }))
	const fieldErrors = { unplaced: computed(() => []), count: computed(() => 0), at: () => undefined, take: vi.fn(() => true), clear: vi.fn(), place: () => () => {} }
	const draft = useSourceDraft(() => stored.value, fieldErrors, (source: Source) => {
		stored.value = source
	})
	return { stored, fieldErrors, ...draft }
}

beforeEach(() => vi.resetAllMocks())

describe('a draft', () => {
	it('is dirty as long as it differs', () => {
		const { draft, isDirty } = edit()
		expect(isDirty.value).toBe(false)

		draft.value.headers.push({ name: 'A', value: '1', isSecret: false })
		expect(isDirty.value).toBe(true)

		draft.value.headers.pop()
		expect(isDirty.value).toBe(false)
	})

	it('is stored with the version that it was made from, and with the mask of what was not replaced', async () => {
		const { draft, isDirty, save } = edit()
		put.mockImplementation(async (source) => ({ ...source, version: source.version + 1 }))
		draft.value.name = 'New name'

		await expect(save()).resolves.toBe(true)

		expect(put.mock.calls[0]![0]).toMatchObject({ name: 'New name', version: 1, authentication: { type: 'bearer', token: MASK } })
		expect(isDirty.value).toBe(false)
	})

	it('keeps what is typed while it is on its way to the server', async () => {
		const { draft, isDirty, stored, save } = edit()
		put.mockImplementation(async (source) => {
			draft.value.description = 'typed meanwhile'
			return { ...source, version: 2 }
		})
		draft.value.name = 'New name'

		await save()

		expect(stored.value).toMatchObject({ name: 'New name', description: '' })
		expect(draft.value.description).toBe('typed meanwhile')
		expect(isDirty.value).toBe(true)
	})

	it('shows what the server finds wrong, and loses nothing', async () => {
		const { draft, isDirty, fieldErrors, save } = edit()
		const problem = new Problem('answer', 'Invalid', '', { type: 'x', title: 'Invalid', status: 422, detail: '', errors: [{ pointer: '/name', detail: 'x', code: 'x' }] })
		put.mockRejectedValue(problem)
		draft.value.name = ''

		await expect(save()).resolves.toBe(false)

		expect(fieldErrors.take).toHaveBeenCalledWith(problem)
		expect(isDirty.value).toBe(true)
	})
})

describe('a conflict', () => {
	const theirs = aSource({ version: 5, name: 'Theirs', authentication: { type: 'bearer', token: MASK } })
	const conflictProblem = new Problem('answer', 'Changed', '', { type: 'urn:openconnector:problem:version-conflict', title: 'Changed', status: 409, detail: '', current: theirs })

	it('is shown, with what differs', async () => {
		const { draft, conflict, save } = edit()
		put.mockRejectedValueOnce(conflictProblem)
		draft.value.name = 'Mine'
		draft.value.location = 'https://mine.example'

		await expect(save()).resolves.toBe(false)

		expect(conflict.value).toEqual(theirs)
		expect(differences({ ...draft.value, isEnabled: true }, theirs)).toEqual(['Name', 'Location'])
		expect(differences({ ...draft.value, isEnabled: false }, theirs)).toEqual(['Name', 'Location', 'Enabled'])
	})

	it('can be won by theirs', async () => {
		const { draft, stored, isDirty, conflict, save, takeTheirs } = edit()
		put.mockRejectedValueOnce(conflictProblem)
		draft.value.name = 'Mine'
		await save()

		takeTheirs()

		expect(draft.value.name).toBe('Theirs')
		expect(stored.value.version).toBe(5)
		expect([isDirty.value, conflict.value]).toEqual([false, null])
	})

	it('can be won by mine', async () => {
		const { draft, stored, save, overwrite } = edit()
		put.mockRejectedValueOnce(conflictProblem).mockImplementationOnce(async (source) => ({ ...source, version: 6 }))
		draft.value.name = 'Mine'
		await save()

		await expect(overwrite()).resolves.toBe(true)

		expect(put.mock.calls[1]![0]).toMatchObject({ name: 'Mine', version: 5 })
		expect(stored.value).toMatchObject({ name: 'Mine', version: 6 })
	})

	it('won by mine leaves a source switched off that they have switched off', async () => {
		const { draft, save, overwrite } = edit()
		const switchedOff = new Problem('answer', 'Changed', '', { ...conflictProblem.document!, current: { ...theirs, isEnabled: false } })
		put.mockRejectedValueOnce(switchedOff).mockImplementationOnce(async (source) => ({ ...source, version: 6 }))
		draft.value.name = 'Mine'
		await save()

		await overwrite()

		expect(put.mock.calls[1]![0]).toMatchObject({ name: 'Mine', version: 5, isEnabled: false })
	})
})

describe('a change outside of the form', () => {
	it('is taken over while nothing was typed', () => {
		const { draft, follow } = edit()

		follow(aSource({ name: 'Changed', version: 9 }))

		expect(draft.value.name).toBe('Changed')
	})

	it('by our own switch moves the version on, and keeps what was typed', async () => {
		const { draft, follow, save, stored } = edit()
		put.mockImplementation(async (source) => source)
		draft.value.name = 'Mine'
		stored.value = { ...stored.value, isEnabled: false, version: 2 }

		follow(stored.value)
		await save()

		expect(put.mock.calls[0]![0]).toMatchObject({ name: 'Mine', version: 2, isEnabled: false })
	})

	it('by somebody else is not overwritten in silence', async () => {
		const { draft, follow, save } = edit()
		put.mockImplementation(async (source) => source)
		draft.value.name = 'Mine'

		follow(aSource({ location: 'https://theirs.example', version: 3 }))
		await save()

		expect(put.mock.calls[0]![0].version).toBe(1)
	})
})
