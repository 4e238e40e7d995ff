/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Service } from '../api/service.ts'
import type { Source } from '../api/types.ts'

import { enableAutoUnmount, flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, reactive } from 'vue'
import RequestPane from '../calls/RequestPane.vue'
import { Problem } from '../api/problem.ts'
import { forgetService, makeEnvelope, readForm, readService, refreshService, uploadService } from '../api/service.ts'
import { replaceSource } from '../api/sources.ts'
import { useTestsStore } from '../calls/testsStore.ts'
import { provideFieldErrors } from '../components/fieldErrors.ts'
import { aCall, aSource } from '../factories.ts'
import { aField, aForm, aPort, aService } from './samples.ts'

vi.mock(import('../api/service.ts'))
vi.mock(import('../api/sources.ts'))
vi.mock(import('vue-router'), async (original) => ({ ...await original(), RouterLink: RouterLinkStub as never }))

const source = aSource({ type: 'soap' })
const invalid = new Problem('answer', 'Invalid', '', { type: 'x', title: 'Invalid', status: 422, detail: '', errors: [{ pointer: '/values/intA', detail: 'This is needed.', code: 'missing' }] })

/**
 * The request of a test, as its page has it.
 *
 * @param service what the WSDL offers
 */
async function mountPane(service: Partial<Service> | Problem = {}) {
	setActivePinia(createPinia())
	vi.mocked(readService).mockImplementation(async () => {
		if (service instanceof Problem) {
			throw service
		}
		return aService(service)
	})
	const changed = vi.fn<(source: Source) => void>()
	const called = vi.fn<() => void>()
	const drafts = useTestsStore()
	const props = reactive({ source })
	const wrapper = mount(defineComponent({
		setup() {
			provideFieldErrors()
			return () => h(RequestPane, { modelValue: drafts.testOf(source.id).draft, source: props.source, running: null, onChanged: changed, onCalled: called })
		},
	}), { attachTo: document.body, global: { stubs: { RouterLink: RouterLinkStub, CodeEditor: true, TemplateHelp: true, TemplatePreview: true } } })
	await flushPromises()
	const field = (label: string) => {
		const found = wrapper.findAll('label').find((element) => element.text().replace(/ \*$/, '') === label)
		return wrapper.find<HTMLInputElement>(`[id="${found?.attributes('for')}"]`)
	}
	const button = (label: string) => wrapper.findAll('button').find((element) => element.text() === label)!
	return { wrapper, field, button, props, changed, called, drafts, draft: () => drafts.testOf(source.id).draft }
}

enableAutoUnmount(afterEach)
beforeEach(() => {
	vi.resetAllMocks()
	vi.mocked(readForm).mockImplementation(async (_, { operation }) => aForm([aField('intA', { isRequired: true })], { operation, example: { intA: '1' } }))
	vi.mocked(makeEnvelope).mockImplementation(async (_, { operation, values }) => ({ method: 'POST', path: '', headers: [{ name: 'SOAPAction', value: operation }], body: `<${operation}>${values?.intA}` }))
})

describe('the request of a SOAP source', () => {
	it('has an operation and a form, and what comes of it', async () => {
		const { wrapper, field, draft } = await mountPane()

		expect(wrapper.text()).toContain('Service')
		expect(field('Service').exists()).toBe(false)
		expect(wrapper.text()).toContain('Add two numbers.')
		expect(wrapper.text()).toContain('SOAP 1.1 · document · action urn:Add')
		expect(field('intA').element.value).toBe('1')
		expect(draft()).toMatchObject({ method: 'POST', body: '<Add>1' })
	})

	it('follows the operation that is chosen', async () => {
		const { field, draft } = await mountPane()

		await field('Operation').setValue('Divide')
		await flushPromises()

		expect(draft()).toMatchObject({ headers: [{ name: 'SOAPAction', value: 'Divide' }], body: '<Divide>1' })
	})

	it('is made anew once there is a pause', async () => {
		const { field, draft } = await mountPane()
		vi.useFakeTimers()

		await field('intA').setValue('2')
		await vi.advanceTimersByTimeAsync(399)
		await field('intA').setValue('23')
		await vi.advanceTimersByTimeAsync(399)
		expect(makeEnvelope).toHaveBeenCalledTimes(1)

		await vi.advanceTimersByTimeAsync(1)
		expect(draft().body).toBe('<Add>23')
	})

	it('shows what is wrong with a value, and is not sent then', async () => {
		const { wrapper, field, drafts } = await mountPane()
		vi.mocked(makeEnvelope).mockRejectedValue(invalid)
		await field('intA').setValue('')

		await expect(drafts.send(source.id)).rejects.toBe(invalid)
		await flushPromises()

		expect(wrapper.text()).toContain('This is needed.')
		expect(field('intA').attributes('aria-invalid')).toBe('true')
	})

	it('says when the envelope was edited by hand, and makes it from the form again', async () => {
		const { wrapper, button, draft } = await mountPane()

		draft().body = '<mine/>'
		await flushPromises()
		expect(wrapper.text()).toContain('The envelope was edited by hand.')
		expect(wrapper.get('fieldset').attributes('disabled')).toBeDefined()

		await button('Make it from the form again').trigger('click')
		await flushPromises()
		expect(draft().body).toBe('<Add>1')
		expect(wrapper.text()).not.toContain('edited by hand')
	})

	it('asks again when the source was saved', async () => {
		const { props } = await mountPane()

		props.source = { ...source, version: 2 }
		await flushPromises()

		expect(readService).toHaveBeenCalledTimes(2)
		expect(readForm).toHaveBeenCalledTimes(2)
	})
})

describe('a WSDL', () => {
	it('that cannot be had says why, with the call, and is tried again', async () => {
		const { wrapper, button, called, field } = await mountPane({ services: [], fetchedAt: null, problem: 'The answer is no WSDL.', call: aCall() })
		expect(wrapper.text()).toContain('The answer is no WSDL.')
		expect(wrapper.findAllComponents(RouterLinkStub).map((link) => link.props('to'))).toContainEqual({ name: 'log', params: { entry: aCall().logId } })
		expect(called).toHaveBeenCalledTimes(1)

		vi.mocked(refreshService).mockResolvedValue(aService())
		await button('Try again').trigger('click')
		await flushPromises()

		expect(field('intA').exists()).toBe(true)
	})

	it('that was uploaded and cannot be used gives way to the one of the address', async () => {
		const { button, field } = await mountPane({ services: [], isUploaded: true, problem: 'It has no service.' })

		vi.mocked(readService).mockResolvedValue(aService())
		await button('Fetch it instead').trigger('click')
		await flushPromises()

		expect(forgetService).toHaveBeenCalledTimes(1)
		expect(field('intA').exists()).toBe(true)
	})

	it('that was never fetched can be fetched or uploaded', async () => {
		const { wrapper, button } = await mountPane({ services: [], fetchedAt: null })

		expect(wrapper.text()).toContain('No WSDL yet')
		expect(button('Fetch').exists()).toBe(true)

		vi.mocked(uploadService).mockResolvedValue(aService({ isUploaded: true }))
		const input = wrapper.get<HTMLInputElement>('input[type="file"]')
		Object.defineProperty(input.element, 'files', { value: [new File(['<definitions >'], 'a.wsdl')] })
		await input.trigger('change')
		await vi.waitFor(() => expect(uploadService).toHaveBeenCalled())

		expect(vi.mocked(uploadService).mock.calls[0]!.slice(0, 2)).toEqual([source.id, { content: '<definitions >', imports: {} }])
	})

	it('without a SOAP binding says that there is nothing to choose', async () => {
		const { wrapper } = await mountPane({ services: [{ name: 'Http', documentation: '', ports: [aPort({ operations: [] })] }] })

		expect(wrapper.text()).toContain('This WSDL offers nothing over SOAP')
	})

	it('that could not be fetched again is used as it was', async () => {
		const { wrapper, field } = await mountPane({ problem: 'It took too long.' })

		expect(wrapper.text()).toContain('What was fetched before is still used.')
		expect(field('intA').exists()).toBe(true)
	})

	it('about which nothing comes back can be asked for again', async () => {
		const { wrapper } = await mountPane(new Problem('network', 'The server cannot be reached', ''))

		expect(wrapper.text()).toContain('The server cannot be reached')
	})

	it('that names another address offers it, and stays where it is', async () => {
		const address = 'https://other.example/soap'
		const { wrapper, button, changed } = await mountPane({ services: [{ name: 'Calculator', documentation: '', ports: [aPort({ address, isLocation: false })] }] })
		expect(wrapper.text()).toContain('The WSDL names https://other.example/soap; calls go to https://gis.example/v1.')
		vi.mocked(replaceSource).mockImplementation(async (changed) => changed)

		await button('Use that address').trigger('click')
		await flushPromises()

		expect(changed.mock.calls[0]![0]).toMatchObject({ location: address, connection: { soap: { wsdlUrl: 'https://gis.example/v1?wsdl' } } })
	})

	it('whose address is not taken over says why', async () => {
		const { wrapper, button } = await mountPane({ services: [{ name: 'Calculator', documentation: '', ports: [aPort({ isLocation: false })] }] })
		vi.mocked(replaceSource).mockRejectedValue(invalid)

		await button('Use that address').trigger('click')
		await flushPromises()

		expect(wrapper.get('[role="alert"]').text()).toBe('This is needed.')
	})
})
