/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { WorkState } from '../api/logExports.ts'
import type { Removal } from '../api/retention.ts'

import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import CleanUpNow from './CleanUpNow.vue'
import { cancelDeletion, listDeletions, readDeletion } from '../api/logExports.ts'
import { previewCleanUp, startCleanUp } from '../api/retention.ts'
import { choose } from '../components/confirm.ts'
import { toastProblem, toastSuccess } from '../components/toasts.ts'
import { someRetention } from '../factories.ts'

vi.mock(import('../api/logExports.ts'))
vi.mock(import('../api/retention.ts'))
vi.mock(import('../components/confirm.ts'))
vi.mock(import('../components/toasts.ts'))
enableAutoUnmount(afterEach)

const stored = someRetention({ successDays: 7 })

/**
 * @param changes what the case is about
 */
function aState(changes: Partial<WorkState> = {}): WorkState {
	return { id: 'the-clean-up', state: 'running', done: 0, total: 1200, bytes: 0, error: null, ...changes }
}

/**
 * @param changes what the case is about
 */
function aRemoval(changes: Partial<Removal> = {}): Removal {
	return { calls: 1200, bodies: 0, bytes: 2048, oldestKeptAt: null, sources: [], ...changes }
}

/**
 * @param isChanged the fields say something else than what is stored
 */
function mountButton(isChanged = false) {
	const wrapper = mount(CleanUpNow, { props: { stored, isChanged } })
	const press = async (label: string) => {
		await wrapper.findAll('button').find((button) => button.text() === label)!.trigger('click')
		await flushPromises()
	}
	return { wrapper, press }
}

beforeEach(() => {
	vi.resetAllMocks()
	vi.useFakeTimers()
	vi.mocked(previewCleanUp).mockResolvedValue(aRemoval())
	vi.mocked(startCleanUp).mockResolvedValue(aState())
	vi.mocked(listDeletions).mockResolvedValue([])
})
afterEach(() => {
	vi.useRealTimers()
})

describe('a clean-up', () => {
	it('says first what is lost by what is stored, and removes nothing without a yes', async () => {
		vi.mocked(choose).mockResolvedValue('cancel')
		const { press } = mountButton(true)

		await press('Clean up now')

		expect(previewCleanUp).toHaveBeenCalledWith(stored)
		expect(vi.mocked(choose).mock.calls[0]![0].text).toEqual([
			'What you changed is not saved. It cleans up by what is saved.',
			'Removes 1,200 calls, about 2 KiB.',
			'This cannot be undone. Calls that are kept for ever stay.',
		])
		expect(startCleanUp).not.toHaveBeenCalled()
	})

	it('asks nothing when nothing is lost', async () => {
		vi.mocked(previewCleanUp).mockResolvedValue(aRemoval({ calls: 0 }))
		vi.mocked(readDeletion).mockResolvedValue(aState({ state: 'done', total: 0 }))
		const { press, wrapper } = mountButton()

		await press('Clean up now')

		expect([vi.mocked(choose).mock.calls.length, vi.mocked(startCleanUp).mock.calls.length]).toEqual([0, 1])
		expect(toastSuccess).toHaveBeenCalledWith('There was nothing to remove.')
		expect(wrapper.emitted('done')).toHaveLength(1)
	})

	it('is followed, and can be stopped', async () => {
		vi.mocked(choose).mockResolvedValue('clean')
		vi.mocked(readDeletion).mockResolvedValueOnce(aState({ done: 300 })).mockResolvedValueOnce(aState({ done: 500, state: 'cancelled' }))
		vi.mocked(cancelDeletion).mockResolvedValue()
		const { press, wrapper } = mountButton()

		await press('Clean up now')
		expect(wrapper.text()).toContain('300 of 1,200')

		await press('Cancel')
		expect(cancelDeletion).toHaveBeenCalledWith('the-clean-up')
		await vi.advanceTimersByTimeAsync(1000)

		expect(toastSuccess).toHaveBeenCalledWith('The clean-up was stopped after 500 calls, 0 B.')
		expect(wrapper.emitted('done')).toHaveLength(1)
	})

	it('that runs since before the page was opened is followed', async () => {
		vi.mocked(listDeletions).mockResolvedValue([{ ...aState(), id: 'a-deletion', isCleanUp: false }, { ...aState(), isCleanUp: true }])
		vi.mocked(readDeletion).mockResolvedValueOnce(aState({ done: 300 })).mockResolvedValueOnce(aState({ done: 1200, state: 'done' }))
		const { wrapper } = mountButton()
		await flushPromises()

		expect(readDeletion).toHaveBeenCalledWith('the-clean-up', expect.anything())
		expect(wrapper.text()).toContain('300 of 1,200')
		expect(wrapper.find('button').attributes('disabled')).toBeDefined()
		await vi.advanceTimersByTimeAsync(1000)

		expect(toastSuccess).toHaveBeenCalledWith('Cleaned up 1,200 calls, 0 B.')
		expect(wrapper.find('button').attributes('disabled')).toBeUndefined()
	})

	it('says why it cannot begin, and can be tried again', async () => {
		const refusal = new Error('running already')
		vi.mocked(choose).mockResolvedValue('clean')
		vi.mocked(startCleanUp).mockRejectedValue(refusal)
		const { press, wrapper } = mountButton()

		await press('Clean up now')

		expect(toastProblem).toHaveBeenCalledWith(refusal)
		expect(wrapper.find('button').attributes('disabled')).toBeUndefined()
	})
})
