/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import AddSourceDialog from './AddSourceDialog.vue'
import { Problem } from '../api/problem.ts'
import { createSource } from '../api/sources.ts'
import { choose } from '../components/confirm.ts'
import { aSource } from '../factories.ts'
import { readCurl } from '../transfer/transferApi.ts'

vi.mock(import('../api/sources.ts'))
vi.mock(import('../components/confirm.ts'))
vi.mock(import('../transfer/transferApi.ts'))

const post = vi.mocked(createSource)

// The real dialog traps the focus, which needs a browser that lays pages out; the browser tests use it.
const NcDialog = defineComponent({
	name: 'NcDialog',
	props: { open: Boolean },
	emits: ['submit', 'update:open'],
	setup: (props, { slots, emit }) => () => props.open && h('form', {
		onSubmit: (event: Event) => {
			event.preventDefault()
			emit('submit', event)
		},
	}, [slots.default?.(), slots.actions?.()]),
})

/** The dialog, with a name and a location typed in. */
async function mountFilled() {
	vi.useFakeTimers()
	const wrapper = mount(AddSourceDialog, { attachTo: document.body, global: { plugins: [createPinia()], stubs: { NcDialog } } })
	// The dialog takes the focus when it has opened.
	vi.runAllTimers()
	const [name, location] = wrapper.findAll('input')
	await name!.setValue(' Parcels ')
	await location!.setValue('gis.example')
	return { wrapper, name: name!, location: location! }
}

beforeEach(() => vi.resetAllMocks())

describe('adding a source', () => {
	it('sends what was typed, and says so', async () => {
		const { wrapper } = await mountFilled()
		post.mockResolvedValue(aSource())

		await wrapper.get('form').trigger('submit')
		await flushPromises()

		expect(post).toHaveBeenCalledWith({ name: 'Parcels', location: 'gis.example', type: 'json', description: '' })
		expect(wrapper.emitted('added')).toEqual([[aSource()]])
	})

	it('knows a file server by its address, and warns of one without TLS', async () => {
		const { wrapper, location } = await mountFilled()

		await location.setValue('sftp://files.example.org/out')
		expect(wrapper.get('select').element.value).toBe('ftp')
		expect(wrapper.text()).toContain('SFTP: files over SSH.')
		expect(wrapper.text()).not.toContain('Without TLS')

		await location.setValue('ftp://files.example.org')
		expect(wrapper.text()).toContain('Without TLS')
	})

	it.each(['json', 'xml', 'soap', 'ftp'])('explains the type %s in one line', async (type) => {
		const { wrapper } = await mountFilled()

		await wrapper.get('select').setValue(type)

		expect(wrapper.findAll('.select-field__help').map((help) => help.text())).toEqual([expect.stringMatching(/\.$/)])
	})

	it('shows what the server finds wrong under its field, and puts the focus there', async () => {
		const { wrapper, name, location } = await mountFilled()
		post.mockRejectedValue(new Problem('answer', 'Invalid', '', {
			type: 'urn:openconnector:problem:validation',
			title: 'Invalid',
			status: 422,
			detail: '',
			errors: [{ pointer: '/location', detail: 'The scheme is missing.', code: 'x' }],
		}))

		await wrapper.get('form').trigger('submit')
		await flushPromises()

		expect(location.attributes('aria-invalid')).toBe('true')
		expect(wrapper.text()).toContain('The scheme is missing.')
		expect(document.activeElement).toBe(location.element)
		expect((name.element as HTMLInputElement).value).toBe(' Parcels ')

		await location.setValue('https://gis.example')
		expect(wrapper.text()).not.toContain('The scheme is missing.')
	})

	it('keeps the description unfolded while one mends it', async () => {
		const { wrapper } = await mountFilled()
		post.mockRejectedValue(new Problem('answer', 'Invalid', '', {
			type: 'urn:openconnector:problem:validation',
			title: 'Invalid',
			status: 422,
			detail: '',
			errors: [{ pointer: '/description', detail: 'That is too long.', code: 'x' }],
		}))
		await wrapper.get('form').trigger('submit')
		await flushPromises()

		await wrapper.get('textarea').setValue('Shorter')

		expect(wrapper.text()).not.toContain('That is too long.')
		expect(wrapper.get('details').attributes('open')).toBeDefined()
	})

	it('says when the server cannot be reached', async () => {
		const { wrapper } = await mountFilled()
		post.mockRejectedValue(new Problem('network', 'The server cannot be reached', 'Try again.'))

		await wrapper.get('form').trigger('submit')
		await flushPromises()

		expect(wrapper.text()).toContain('The server cannot be reached: Try again.')
		expect(wrapper.emitted('added')).toBeUndefined()
	})
})

describe('a pasted command', () => {
	/** The dialog with a command in it that the server cannot read. */
	async function mountWithCommand() {
		const wrapper = mount(AddSourceDialog, { attachTo: document.body, global: { plugins: [createPinia()], stubs: { NcDialog } } })
		await wrapper.get('.add-source__curl').trigger('click')
		vi.mocked(readCurl).mockRejectedValueOnce(new Problem('answer', 'Not understood', ''))
		await wrapper.get('textarea').setValue('curl --wrong')
		await wrapper.findAll('button').find((button) => button.text() === 'Take over')!.trigger('click')
		await flushPromises()
		return wrapper
	}

	it('that could not be read is not thrown away without asking, and is still there afterwards', async () => {
		const wrapper = await mountWithCommand()
		vi.mocked(choose).mockResolvedValue('stay')
		expect(wrapper.text()).toContain('Not understood')

		await wrapper.get('.add-source').trigger('keydown', { key: 'Escape' })
		await flushPromises()

		expect(choose).toHaveBeenCalled()
		expect(wrapper.emitted('close')).toBeUndefined()
		expect(wrapper.get('textarea').element.value).toBe('curl --wrong')
	})

	it('is read as it was corrected', async () => {
		const wrapper = await mountWithCommand()

		await wrapper.get('textarea').setValue('curl https://gis.example')
		vi.mocked(readCurl).mockRejectedValueOnce(new Problem('answer', 'Not understood', ''))
		await wrapper.findAll('button').find((button) => button.text() === 'Take over')!.trigger('click')

		expect(vi.mocked(readCurl).mock.calls.map(([command]) => command)).toEqual(['curl --wrong', 'curl https://gis.example'])
	})
})
