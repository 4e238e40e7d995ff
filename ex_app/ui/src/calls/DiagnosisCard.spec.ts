/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Diagnosis } from '../api/types.ts'

import { mount, RouterLinkStub } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import NcButton from '@nextcloud/vue/components/NcButton'
import DiagnosisCard from './DiagnosisCard.vue'

const diagnosis: Diagnosis = {
	type: '401',
	title: 'The credentials were not accepted',
	detail: 'gis.example answered 401.',
	phase: 'authentication',
	evidence: [{ name: 'WWW-Authenticate', value: 'Basic' }],
	remedies: [{ text: 'Enter the credentials again.', link: 'configuration/authentication' }, { text: 'Ask the other side.', link: null }],
}

/**
 * @param outcome how the call ended
 * @param changes what the case is about
 */
function mountCard(outcome: 'auth_error' | 'success' | 'refused', changes: Partial<Diagnosis> = {}) {
	return mount(DiagnosisCard, { props: { diagnosis: { ...diagnosis, ...changes }, outcome, source: 'parcels' }, global: { stubs: { RouterLink: RouterLinkStub } } })
}

describe('a diagnosis', () => {
	it('says what happened, when, by which evidence, and what to do in which order', () => {
		const wrapper = mountCard('auth_error')

		expect(wrapper.text()).toContain('The credentials were not accepted')
		expect(wrapper.text()).toContain('while logging in')
		expect(wrapper.get('dl').text()).toContain('WWW-Authenticate')
		expect(wrapper.findAll('ol > li').map((item) => item.text())).toEqual([expect.stringContaining('Enter the credentials again.'), 'Ask the other side.'])
	})

	it('leads to the place where one can do it', () => {
		expect(mountCard('auth_error').getComponent(RouterLinkStub).props('to')).toEqual({
			name: 'source',
			params: { source: 'parcels', tab: 'configuration' },
			hash: '#authentication',
		})
	})

	it('leads to the settings', () => {
		const card = mountCard('refused', { remedies: [{ text: 'Allow it.', link: 'settings' }] })

		expect(card.getComponent(RouterLinkStub).props('to')).toEqual({ name: 'settings' })
	})

	it('of a refused address offers to allow it', () => {
		const evidence = [{ name: 'Address', value: '10.0.0.1, 10.0.0.2' }]
		const card = mountCard('refused', { type: 'egress_denied', phase: 'egress', evidence, remedies: [] })

		expect(card.text()).toContain('Allow these 2 addresses')
		expect(card.getComponent(NcButton).props('to')).toEqual({ name: 'settings', query: { allow: '10.0.0.1,10.0.0.2' } })
		expect(card.text()).toContain('whether the address is allowed')
		expect(mountCard('auth_error', { evidence }).text()).not.toContain('Allow')
	})

	it('beside a success does not speak of a failure', () => {
		expect(mountCard('success').text()).not.toContain('It happened')
	})
})
