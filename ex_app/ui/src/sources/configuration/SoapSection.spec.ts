/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Service } from '../../api/service.ts'
import type { Source } from '../../api/types.ts'
import type { SourceDraft } from './draft.ts'

import { enableAutoUnmount, flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import SoapSection from './SoapSection.vue'
import { MASK } from '../../api/mask.ts'
import { forgetService, readService, refreshService } from '../../api/service.ts'
import { provideFieldErrors } from '../../components/fieldErrors.ts'
import { aCall, aSource } from '../../factories.ts'
import { aPort, aService } from '../../soap/samples.ts'
import { draftOf, isChanged } from './draft.ts'

vi.mock(import('../../api/service.ts'))
vi.mock(import('../../api/keyMaterial.ts'))
vi.mock(import('vue-router'), async (original) => ({ ...await original(), RouterLink: RouterLinkStub as never }))

enableAutoUnmount(afterEach)
beforeEach(() => {
	vi.resetAllMocks()
})

/**
 * @param service what the WSDL offers
 * @param changes to the source
 */
async function mountSection(service: Partial<Service> = {}, changes: Partial<Source> = {}) {
	vi.mocked(readService).mockResolvedValue(aService(service))
	const source = aSource({ type: 'soap', ...changes })
	const draft = ref<SourceDraft>(draftOf(source))
	const called = vi.fn<() => void>()
	const wrapper = mount(defineComponent({
		setup() {
			provideFieldErrors()
			return () => h(SoapSection, { modelValue: draft.value, source, onCalled: called })
		},
	}), { attachTo: document.body, global: { stubs: { RouterLink: RouterLinkStub } } })
	await flushPromises()
	const field = (label: string) => {
		const found = wrapper.findAll('label').find((element) => element.text() === label)
		return wrapper.find(`[id="${found?.attributes('for')}"]`)
	}
	const button = (label: string) => wrapper.findAll('button').find((element) => element.text() === label)
	const toggle = async (label: string) => {
		await wrapper.findAll('.checkbox-radio-switch').find((element) => element.text().startsWith(label))!.get('input').trigger('change')
	}
	return { wrapper, field, button, toggle, draft, called, isDirty: () => isChanged(draft.value, source) }
}

describe('the WSDL of a source', () => {
	it('is said in one line, with its documents', async () => {
		const { wrapper } = await mountSection({ services: ['A', 'B'].map((name) => ({ name, documentation: '', ports: [aPort()] })) })

		expect(wrapper.get('[role="status"]').text()).toContain('2 services, 4 operations')
		expect(wrapper.get('details').text()).toContain('https://gis.example/v1?wsdl')
	})

	it('is fetched again, which is a call', async () => {
		const { button, called, wrapper } = await mountSection()
		vi.mocked(refreshService).mockResolvedValue(aService({ problem: 'It took too long.', call: aCall() }))

		await button('Refresh')!.trigger('click')
		await flushPromises()

		expect(called).toHaveBeenCalledTimes(1)
		expect(wrapper.text()).toContain('It took too long.')
		expect(wrapper.text()).toContain('1 service, 2 operations')
	})

	it('is not fetched from an address that is not saved', async () => {
		const { field, button, wrapper, isDirty } = await mountSection()

		await field('WSDL address').setValue('https://gis.example/other?wsdl')

		expect(isDirty()).toBe(true)
		expect(button('Refresh')!.attributes('disabled')).toBeDefined()
		expect(wrapper.text()).toContain('Save to see what the new address offers.')
	})

	it('that was uploaded can give way to the one of the address', async () => {
		const { button } = await mountSection({ isUploaded: true, fetchedAt: null })
		expect(button('Refresh')).toBeUndefined()

		await button('Fetch it instead')!.trigger('click')
		await flushPromises()

		expect(forgetService).toHaveBeenCalledTimes(1)
		expect(readService).toHaveBeenCalledTimes(2)
	})

	it('is not asked for before the source is one of SOAP', async () => {
		const { wrapper } = await mountSection({}, { type: 'xml' })

		expect(readService).not.toHaveBeenCalled()
		expect(wrapper.text()).toContain('Once this is saved')
	})
})

describe('the security of envelopes', () => {
	it('is a user name and a password, as text or as a digest', async () => {
		const { draft, field, toggle } = await mountSection()

		await toggle('UsernameToken')
		await field('User name').setValue('jan')
		await field('Password').setValue('s3cret')
		await field('Password is sent as').setValue('digest')

		expect(draft.value.connection.soap.security).toEqual({
			usernameToken: { username: 'jan', password: 's3cret', passwordType: 'digest' },
			timestampSeconds: null,
			signature: null,
		})
	})

	it('is nothing when all of it is switched off, and as stored when it is switched on again', async () => {
		const usernameToken = { username: 'jan', password: MASK, passwordType: 'text' as const }
		const { connection } = aSource()
		const { draft, toggle, isDirty } = await mountSection({}, { connection: { ...connection, soap: { ...connection.soap, security: { usernameToken, timestampSeconds: null, signature: null } } } })

		await toggle('UsernameToken')
		expect(draft.value.connection.soap.security).toBeNull()

		await toggle('UsernameToken')
		expect(isDirty()).toBe(false)
	})

	it('has a timestamp with a lifetime, and a certificate that signs', async () => {
		const { draft, field, toggle } = await mountSection()

		await toggle('Timestamp')
		expect(draft.value.connection.soap.security?.timestampSeconds).toBe(300)
		await field('Valid for (seconds)').setValue('60')
		await toggle('Sign with a certificate')
		await field('Certificate and private key').setValue('-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----')

		expect(draft.value.connection.soap.security).toMatchObject({ timestampSeconds: 60, signature: { privateKey: expect.stringContaining('MIIE'), pkcs12: '' } })
	})
})
