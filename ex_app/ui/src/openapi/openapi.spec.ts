/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Operation, OperationList, OperationParameter } from './descriptionApi.ts'

import { enableAutoUnmount, flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import RequestPane from '../calls/RequestPane.vue'
import { useTestsStore } from '../calls/testsStore.ts'
import { provideFieldErrors } from '../components/fieldErrors.ts'
import { aSource } from '../factories.ts'
import { listOperations, loadDescription, readOperation } from './descriptionApi.ts'

vi.mock(import('./descriptionApi.ts'))
vi.mock(import('vue-router'), async (original) => ({ ...await original(), RouterLink: RouterLinkStub as never }))

const source = aSource()
const summary = { key: 'k1', method: 'GET', path: '/pets/{petId}', summary: 'One pet', tags: [], isDeprecated: false }
const adding = { ...summary, key: 'k2', method: 'POST', path: '/pets', summary: 'Add a pet' }
const description = { title: 'Petstore', version: '1.0', standard: 'OpenAPI 3.1.0', url: 'https://pets.example/openapi.json', server: '/', fetchedAt: '2026-11-27T12:00:00.000Z', operations: 2, notes: [] }
const list: OperationList = { description, results: [summary, adding], total: 2 }

/**
 * @param values what matters
 */
function aParameter(values: Partial<OperationParameter>): OperationParameter {
	return { name: 'petId', place: 'path', isRequired: true, description: '', type: 'integer', choices: [], example: '', default: '', isDeprecated: false, ...values }
}

/**
 * @param key which operation
 */
function details(key: string): Operation {
	return key === 'k1'
		? { ...summary, description: '', isBodyRequired: false, bodies: [], resultsPosition: 'data', parameters: [aParameter({}), aParameter({ name: 'view', place: 'query', choices: ['short', 'full'], default: 'full' })] }
		: { ...adding, description: '', isBodyRequired: true, bodies: [{ mediaType: 'application/xml', example: '<pet/>' }], resultsPosition: null, parameters: [] }
}

/**
 * The request of a test, as its page has it.
 *
 * @param operations what the description offers
 */
async function mountPane(operations: OperationList = list) {
	setActivePinia(createPinia())
	vi.mocked(listOperations).mockResolvedValue(operations)
	vi.mocked(readOperation).mockImplementation(async (_, key) => details(key))
	const drafts = useTestsStore()
	const wrapper = mount(defineComponent({
		setup() {
			provideFieldErrors()
			return () => h(RequestPane, { modelValue: drafts.testOf(source.id).draft, source, running: null })
		},
	}), { attachTo: document.body, global: { stubs: { RouterLink: RouterLinkStub, CodeEditor: true, TemplateHelp: true, TemplatePreview: true } } })
	await flushPromises()
	const path = wrapper.find<HTMLInputElement>('.path-field__path')
	const button = (label: string) => wrapper.findAll('button').find((element) => element.text() === label || element.attributes('aria-label') === label)
	const field = (label: string) => {
		const found = wrapper.findAll('label').find((element) => element.text().replace(/ \*$/, '') === label)
		return wrapper.find<HTMLInputElement>(`[id="${found?.attributes('for')}"]`)
	}
	/** Types, and chooses the first that is offered. */
	const chooseFirst = async (text: string) => {
		await path.setValue(text)
		await path.trigger('keydown', { key: 'ArrowDown' })
		await path.trigger('keydown', { key: 'Enter' })
		await flushPromises()
	}
	return { wrapper, path, button, field, chooseFirst, drafts, draft: () => drafts.testOf(source.id).draft }
}

enableAutoUnmount(afterEach)
beforeEach(() => {
	localStorage.clear()
	vi.clearAllMocks()
	Element.prototype.scrollIntoView = vi.fn<() => void>()
})

describe('a request for a described API', () => {
	it('is completed while its path is typed', async () => {
		const { wrapper, path, draft, chooseFirst } = await mountPane()
		expect(wrapper.text()).toContain('API description: Petstore 1.0 · 2 operations')
		expect(path.attributes('role')).toBe('combobox')

		await path.setValue('add')

		expect(wrapper.findAll('[role="option"]').map((option) => option.text())).toEqual(['POST/petsAdd a pet'])
		expect(path.attributes('aria-expanded')).toBe('true')
		await chooseFirst('add')
		expect(draft()).toMatchObject({ method: 'POST', path: '/pets' })
		expect(wrapper.find('[role="listbox"]').exists()).toBe(false)
	})

	it('lets one type what nobody describes', async () => {
		const { wrapper, path, draft } = await mountPane()

		await path.setValue('/other')
		await path.trigger('keydown', { key: 'ArrowDown' })

		expect(wrapper.find('[role="listbox"]').exists()).toBe(false)
		expect(draft().path).toBe('/other')
	})

	it('closes the list with Escape, and keeps what was typed', async () => {
		const { wrapper, path, draft } = await mountPane()

		await path.setValue('/pe')
		await path.trigger('keydown', { key: 'Escape' })

		expect(wrapper.find('[role="listbox"]').exists()).toBe(false)
		expect(draft().path).toBe('/pe')
	})

	it('has a field for each part of the path, in both directions', async () => {
		const { path, field, draft, chooseFirst } = await mountPane()
		await chooseFirst('one')

		await field('petId').setValue('a b')
		expect(draft().path).toBe('/pets/a%20b')
		await path.setValue('/pets/7')
		expect(field('petId').element.value).toBe('7')
	})

	it('is not sent while a part of the path is missing', async () => {
		const { drafts, chooseFirst } = await mountPane()
		await chooseFirst('one')

		await expect(drafts.send(source.id)).rejects.toMatchObject({ fieldErrors: [{ pointer: '/path/petId' }] })
	})

	it('has its required parameters at once, and offers the others', async () => {
		const { button, draft, chooseFirst } = await mountPane()
		await chooseFirst('one')
		expect(draft().query).toEqual([{ name: 'view', value: 'full' }])

		await button('Set view to short')!.trigger('click')

		expect(draft().query).toEqual([{ name: 'view', value: 'short' }])
		expect(button('Add view')!.attributes('disabled')).toBeDefined()
	})

	it('loses what only the operation before had needed', async () => {
		const { draft, chooseFirst } = await mountPane()
		await chooseFirst('one')
		draft().query.push({ name: 'mine', value: '1' })

		await chooseFirst('add')

		expect(draft().query).toEqual([{ name: 'mine', value: '1' }])
	})

	it('takes an example as its body, with its type', async () => {
		const { wrapper, button, draft, chooseFirst } = await mountPane()
		await chooseFirst('add')
		await wrapper.find('#request-body-tab').trigger('click')

		await button('Insert example body')!.trigger('click')

		expect(draft()).toMatchObject({ body: '<pet/>', headers: [{ name: 'Content-Type', value: 'application/xml' }] })
	})

	it('offers where the records are', async () => {
		const { wrapper, chooseFirst } = await mountPane()
		await chooseFirst('one')

		expect(wrapper.text()).toContain('The records of the answer are at data.')
	})
})

describe('a request for an API that nobody has described', () => {
	it('is written as before, and a description can be loaded', async () => {
		const { wrapper, path, button } = await mountPane({ description: null, results: [], total: 0 })

		expect(path.attributes('role')).toBeUndefined()
		expect(wrapper.find('[role="listbox"]').exists()).toBe(false)
		expect(button('Load API description …')).toBeDefined()
	})

	it('keeps the description when it cannot be fetched again', async () => {
		const { wrapper, button } = await mountPane()
		vi.mocked(loadDescription).mockResolvedValue({ description, problem: 'The answer is 404 Not Found.', call: null })

		await button('Fetch the API description again')!.trigger('click')
		await flushPromises()

		expect(loadDescription).toHaveBeenCalledWith(source.id, { url: description.url })
		expect(wrapper.text()).toContain('The answer is 404 Not Found. What was loaded before is still used.')
		expect(wrapper.text()).toContain('Petstore 1.0')
	})
})
