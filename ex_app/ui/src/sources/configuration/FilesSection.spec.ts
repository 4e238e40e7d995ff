/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Source } from '../../api/types.ts'

import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import FilesSection from './FilesSection.vue'
import { forgetHostKey } from '../../api/files.ts'
import { Problem } from '../../api/problem.ts'
import { choose } from '../../components/confirm.ts'
import { provideFieldErrors } from '../../components/fieldErrors.ts'
import { toastProblem } from '../../components/toasts.ts'
import { aSource } from '../../factories.ts'
import { draftOf } from './draft.ts'

vi.mock(import('../../api/files.ts'))
vi.mock(import('../../components/confirm.ts'))
vi.mock(import('../../components/toasts.ts'))

const hostKey = { algorithm: 'ssh-ed25519', fingerprint: 'SHA256:abc', host: 'files.example:22', firstSeenAt: '2026-11-20T08:00:00Z' }

/**
 * @param changes to the source
 */
function mountSection(changes: Partial<Source>) {
	const source = aSource({ type: 'ftp', location: 'sftp://files.example/out', ...changes })
	const draft = ref(draftOf(source))
	const called = vi.fn()
	const wrapper = mount(defineComponent({
		setup() {
			provideFieldErrors()
			return () => h(FilesSection, { modelValue: draft.value, source, onCalled: called })
		},
	}))
	const forget = async () => {
		await wrapper.get('[data-testid="host-key"]').findAll('button').find((button) => button.text().startsWith('Forget'))!.trigger('click')
		await flushPromises()
	}
	return { wrapper, draft, called, forget }
}

beforeEach(() => vi.resetAllMocks())

describe('the settings of files', () => {
	it('allow changes when somebody says so', async () => {
		const { wrapper, draft } = mountSection({})
		expect(draft.value.connection.files.allowChanges).toBe(false)

		await wrapper.get('input[type="checkbox"]').setValue(true)

		expect(draft.value.connection.files.allowChanges).toBe(true)
	})

	it('ask what only FTP has for FTP alone', () => {
		expect(mountSection({ location: 'ftps://files.example' }).wrapper.text()).toContain('Data connections')
		expect(mountSection({ location: 'ftps://files.example' }).wrapper.find('[data-testid="host-key"]').exists()).toBe(false)
		expect(mountSection({}).wrapper.text()).not.toContain('Data connections')
	})

	it.each(['ftps://files.example', 'sftp://files.example'])('ask how names are written at %s', (location) => {
		expect(mountSection({ location }).wrapper.text()).toContain('Names are written in')
	})
})

describe('the key of the server', () => {
	it('is shown as OpenSSH shows it', () => {
		const text = mountSection({ hostKey }).wrapper.get('[data-testid="host-key"]').text()

		expect(text).toContain('SHA256:abc')
		expect(text).toContain('ssh-ed25519')
		expect(text).toContain('files.example:22')
	})

	it('of a server that was never called is not known', () => {
		expect(mountSection({}).wrapper.get('[data-testid="host-key"]').text()).toContain('None is known yet')
	})

	it('is forgotten after a question that says what it means', async () => {
		const { forget, called } = mountSection({ hostKey })
		vi.mocked(choose).mockResolvedValueOnce('keep').mockResolvedValueOnce('forget')

		await forget()
		expect(vi.mocked(forgetHostKey)).not.toHaveBeenCalled()
		expect(vi.mocked(choose).mock.calls[0]![0].text[0]).toContain('takes whatever key')

		await forget()
		expect(vi.mocked(forgetHostKey)).toHaveBeenCalledWith(aSource().id)
		expect(called).toHaveBeenCalledTimes(1)
	})

	it('stays when it cannot be forgotten', async () => {
		const { forget, called } = mountSection({ hostKey })
		vi.mocked(choose).mockResolvedValue('forget')
		vi.mocked(forgetHostKey).mockRejectedValue(new Problem('network', 'The server cannot be reached', ''))

		await forget()

		expect(called).not.toHaveBeenCalled()
		expect(vi.mocked(toastProblem)).toHaveBeenCalled()
	})
})
