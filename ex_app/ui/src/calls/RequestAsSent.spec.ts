/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import RequestAsSent from './RequestAsSent.vue'
import { anExchange } from '../factories.ts'

describe('a request as it was sent', () => {
	it('says of each header and parameter where it comes from, and explains it', () => {
		const { request } = anExchange()
		const wrapper = mount(RequestAsSent, {
			props: {
				request: {
					...request,
					parameters: [{ name: 'lang', value: 'nl', origin: 'request' }],
					headers: [
						{ name: 'Host', value: 'gis.example', origin: 'transport' },
						{ name: 'X-Client', value: 'council', origin: 'source' },
						{ name: 'Authorization', value: 'Bearer REDACTED', origin: 'authentication' },
						{ name: 'Cookie', value: 'session=REDACTED', origin: 'cookies' },
					],
				},
			},
		})

		const rows = wrapper.findAll('tbody tr').map((row) => [row.get('th').text(), row.get('.origin-badge').text()])
		expect(rows).toEqual([['lang', 'this request'], ['Host', 'default'], ['X-Client', 'source'], ['Authorization', 'authentication'], ['Cookie', 'cookies']])
		expect(wrapper.findAll('.origin-badge').every((badge) => badge.attributes('title') !== '')).toBe(true)
		expect(wrapper.text()).toContain('120 B on the wire')
	})
})
