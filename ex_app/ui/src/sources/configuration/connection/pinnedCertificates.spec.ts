/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LastCall } from '../../../api/types.ts'

import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import PinnedCertificates from './PinnedCertificates.vue'
import { readLog } from '../../../api/logs.ts'
import { Problem } from '../../../api/problem.ts'
import { provideFieldErrors } from '../../../components/fieldErrors.ts'
import { aCall, aCertificate, aConnection, anExchange } from '../../../factories.ts'
import { fingerprintsOf, fingerprintsText, shownCertificate } from './fingerprints.ts'

vi.mock(import('../../../api/logs.ts'))

const LOCATION = 'https://gis.example/v1'
const ONE = '9f'.repeat(32)
const OTHER = 'a0'.repeat(32)
const LAST_CALL: LastCall = { at: '2026-11-23T12:00:00Z', logId: '0190a5d0-0000-7000-8000-00000000000a', outcome: 'success', statusCode: 200, errorType: null }

beforeEach(() => vi.resetAllMocks())

/**
 * @param url where the exchange went
 * @param fingerprint of the certificate that it was shown
 */
function exchangeWith(url: string, fingerprint: string) {
	const tls = { ...aConnection().tls!, chain: [aCertificate({ fingerprint })] }
	return anExchange({ request: { ...anExchange().request, url }, connection: aConnection({ tls }) })
}

/**
 * @param stored what the source has
 * @param lastCall what is known of its last call
 */
function mountField(stored: string[] = [], lastCall: LastCall | null = LAST_CALL) {
	const pinned = ref(stored)
	let take: (pointer: string) => void
	const Form = defineComponent({
		setup() {
			const fieldErrors = provideFieldErrors()
			take = (pointer) => {
				const errors = [{ pointer, detail: `wrong ${pointer}`, code: 'x' }]
				fieldErrors.take(new Problem('answer', 'Invalid', '', { type: 'x', title: 'Invalid', status: 422, detail: '', errors }))
			}
			return () => h(PinnedCertificates, {
				modelValue: pinned.value,
				'onUpdate:modelValue': (value: string[]) => {
					pinned.value = value
				},
				location: LOCATION,
				lastCall,
			})
		},
	})
	const wrapper = mount(Form, { attachTo: document.body })
	return { wrapper, pinned, field: wrapper.get('textarea'), take: (pointer: string) => take(pointer) }
}

describe('pinned certificates', () => {
	it('are shown and typed as other tools write them, and kept as the server stores them', async () => {
		const { pinned, field } = mountField([ONE])
		expect(field.element.value).toBe(fingerprintsText([ONE]))
		expect(field.element.value).toMatch(/^9F:9F:/)

		await field.setValue(`sha256 Fingerprint=${fingerprintsText([OTHER])}\n\n ${ONE}`)

		expect(pinned.value).toEqual([OTHER, ONE])
	})

	it('say what is no fingerprint, once it is typed to the end', async () => {
		const { wrapper, field, take } = mountField([ONE])
		await field.trigger('focus')
		await field.setValue('9F:9F')
		expect(wrapper.find('[aria-invalid="true"]').exists()).toBe(false)

		await field.trigger('blur')
		expect(wrapper.find('[aria-invalid="true"]').exists()).toBe(true)
		expect(wrapper.text()).toContain('“9f9f” is no SHA-256 fingerprint')

		await field.setValue(ONE)
		expect(wrapper.find('[aria-invalid="true"]').exists()).toBe(false)
		take('/connection/pinnedCertificates')
		await flushPromises()
		expect(wrapper.text()).toContain('wrong /connection/pinnedCertificates')
	})

	it('get the certificate of the last call beside those that are there', async () => {
		vi.mocked(readLog).mockResolvedValue(aCall({ exchanges: [exchangeWith('https://gis.example/v1/x', OTHER)] }))
		const { wrapper, pinned } = mountField([ONE])

		await wrapper.get('button').trigger('click')
		await flushPromises()
		expect(readLog).toHaveBeenCalledWith(LAST_CALL.logId)
		expect(pinned.value).toEqual([ONE, OTHER])
		expect(wrapper.text()).toContain('Added: the certificate of')

		await wrapper.get('button').trigger('click')
		await flushPromises()
		expect(pinned.value).toEqual([ONE, OTHER])
		expect(wrapper.text()).toContain('is there already')
	})

	it('say so when the last call was shown none, and offer nothing before the first call', async () => {
		vi.mocked(readLog).mockResolvedValue(aCall({ exchanges: [anExchange({ connection: null })] }))
		const { wrapper, pinned } = mountField()

		await wrapper.get('button').trigger('click')
		await flushPromises()

		expect(pinned.value).toEqual([])
		expect(wrapper.text()).toContain('The last call was not shown a certificate')
		expect(mountField([], null).wrapper.find('button').exists()).toBe(false)
	})
})

describe('the certificate that a call was shown', () => {
	it('is the one of the source, not of a login server or of where a redirect led', () => {
		const call = aCall({
			exchanges: [
				exchangeWith('https://login.example/token', OTHER),
				exchangeWith('https://gis.example:443/v1/x', ONE),
				exchangeWith('https://cdn.example/x', OTHER),
			],
		})

		expect(shownCertificate(call, LOCATION)?.fingerprint).toBe(ONE)
		expect(shownCertificate(call, 'https://other.example/')).toBeNull()
	})
})

describe('fingerprints in a text', () => {
	it.each([
		['', []],
		[' \n;', []],
		[`SHA256 Fingerprint=${ONE.toUpperCase()}`, [ONE]],
		[`${ONE.replaceAll(/../g, '$& ')}, ${OTHER}`, [ONE, OTHER]],
		['no hex', ['nohex']],
	])('%j are %j', (text, fingerprints) => {
		expect(fingerprintsOf(text)).toEqual(fingerprints)
	})
})
