/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Settings } from '../api/types.ts'

import { beforeEach, describe, expect, it, vi } from 'vitest'
import { computed, ref } from 'vue'
import { Problem } from '../api/problem.ts'
import { replaceSettings } from '../api/settings.ts'
import { useDraft } from '../components/useDraft.ts'
import { someRetention, someSettings } from '../factories.ts'
import { differences, draftOf, isChanged, withAllowed } from './settingsDraft.ts'

vi.mock(import('../api/settings.ts'))

const put = vi.mocked(replaceSettings)

beforeEach(() => vi.resetAllMocks())

/** The page around a draft. */
function edit() {
	const stored = ref(someSettings({ egressAllow: ['10.0.0.0/8'], version: 4 }))
	const fieldErrors = { unplaced: computed(() => []), count: computed(() => 0), at: () => undefined, take: vi.fn(() => true), clear: vi.fn(), place: () => () => {} }
	const draft = useDraft(() => stored.value, { draftOf, isChanged, store: ({ version }, edited) => replaceSettings({ ...edited, version }) }, fieldErrors, (settings: Settings) => {
		stored.value = settings
	})
	return { stored, ...draft }
}

describe('the draft of the settings', () => {
	it('is a copy, and changed when an entry is', () => {
		const { draft, isDirty, stored, reset } = edit()

		draft.value.egressAllow.push('')
		expect(isDirty.value).toBe(true)
		expect(stored.value.egressAllow).toEqual(['10.0.0.0/8'])

		reset()
		expect([isDirty.value, draft.value.egressAllow]).toEqual([false, ['10.0.0.0/8']])
	})

	it('is stored with the version that it was made from, and without what is only read', async () => {
		const { draft, save, isDirty } = edit()
		put.mockImplementation(async (settings) => someSettings({ ...settings, version: 5 }))
		draft.value.redactionNames.push('citizen_number')

		await expect(save()).resolves.toBe(true)

		expect(put.mock.calls).toEqual([[{
			egressAllow: ['10.0.0.0/8'],
			redactionNames: ['citizen_number'],
			retention: someRetention(),
			bodies: { policy: null, until: null },
			timeouts: { connectMs: null, readMs: null, totalMs: null },
			limits: { requestsPerMinute: null, concurrentCalls: null },
			version: 4,
		}]])
		expect(isDirty.value).toBe(false)
	})

	it('shows what another administrator stored, and can be stored on top of it', async () => {
		const { draft, save, overwrite, conflict } = edit()
		const theirs = someSettings({ egressAllow: ['192.168.0.0/16'], version: 9 })
		put.mockRejectedValueOnce(new Problem('answer', 'Changed', '', { type: 'urn:x:version-conflict', title: 'Changed', status: 409, detail: '', current: theirs }))
		put.mockImplementationOnce(async (settings) => someSettings({ ...settings, version: 10 }))
		draft.value.egressAllow.push('fe80::1')

		await expect(save()).resolves.toBe(false)
		expect(differences(draft.value, conflict.value!)).toEqual(['Allowed addresses'])
		await expect(overwrite()).resolves.toBe(true)

		expect(put.mock.calls[1]![0]).toMatchObject({ egressAllow: ['10.0.0.0/8', 'fe80::1'], version: 9 })
	})
})

describe('how long the log is kept', () => {
	it('is edited in a copy, and told by name when it differs', () => {
		const { draft, stored, isDirty } = edit()

		draft.value.retention.successDays = 7
		draft.value.bodies.policy = 'errors'

		expect(isDirty.value).toBe(true)
		expect([stored.value.retention.successDays, stored.value.bodies.policy]).toEqual([null, null])
		expect(differences(draft.value, stored.value)).toEqual(['How long calls are kept', 'Whose bodies are kept'])
	})
})

describe('an address that shall be allowed', () => {
	const settings = someSettings({ egressAllow: ['10.0.0.1'], egressAllowEnvironment: ['127.0.0.1'] })

	it('becomes a new entry', () => {
		expect(withAllowed(draftOf(settings), settings, ['10.0.0.2']).egressAllow).toEqual(['10.0.0.1', '10.0.0.2'])
	})

	it('is not entered twice, nor when the environment allows it', () => {
		expect(withAllowed(draftOf(settings), settings, ['10.0.0.1', '127.0.0.1', 'fd00::1', 'fd00::1']).egressAllow).toEqual(['10.0.0.1', 'fd00::1'])
	})
})
