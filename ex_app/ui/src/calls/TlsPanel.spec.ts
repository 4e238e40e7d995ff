/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import TlsPanel from './TlsPanel.vue'
import { aCertificate, aConnection, anExchange } from '../factories.ts'

/**
 * @param exchange what is looked at
 */
function textOf(exchange: ReturnType<typeof anExchange>): string {
	return mount(TlsPanel, { props: { exchange } }).text()
}

const tls = aConnection().tls!

describe('the TLS panel', () => {
	it('shows what was agreed on, and the chain with the certificate of the server first', () => {
		const authority = aCertificate({ subject: 'CN=Example Authority', fingerprint: 'cd'.repeat(32) })
		const wrapper = mount(TlsPanel, { props: { exchange: anExchange({ connection: aConnection({ tls: { ...tls, chain: [aCertificate(), authority] } }) }) } })

		expect(wrapper.text()).toContain('TLSv1.3')
		expect(wrapper.text()).toContain('203.0.113.7:443')
		expect(wrapper.text()).toContain('Verified')
		expect(wrapper.findAll('ol > li').map((item) => item.text())).toEqual([expect.stringMatching(/^Server\s*CN=gis/), expect.stringMatching(/^Authority 1\s*CN=Example/)])
	})

	it('says that there is none', () => {
		const exchange = anExchange({ connection: aConnection({ tls: null }) })

		expect(textOf({ ...exchange, request: { ...exchange.request, url: 'http://gis.example/' } })).toContain('the location is http')
		expect(textOf(anExchange({ connection: null }))).toContain('did not get as far as TLS')
	})

	it('says that the connection was there already', () => {
		expect(textOf(anExchange({ connection: aConnection({ isReused: true }) }))).toContain('The connection was reused')
	})

	it('does not call verified what was not', () => {
		expect(textOf(anExchange({ connection: aConnection({ tls: { ...tls, isVerified: false } }) }))).toContain('“Verify TLS” is off')
		const failed = anExchange({ connection: aConnection({ tls: { ...tls, isVerified: false } }), error: { type: 'tls_certificate_expired', message: '' }, response: null })
		expect(textOf(failed)).toContain('the handshake failed')
	})

	it('warns of a certificate that is over, with the day', () => {
		const chain = [aCertificate({ daysLeft: -3, notAfter: '2026-11-20T00:00:00Z' })]

		expect(textOf(anExchange({ connection: aConnection({ tls: { ...tls, chain } }) }))).toContain('CN=gis.example: expired 3 days before')
	})

	it('folds a long list of names', () => {
		const names = Array.from({ length: 40 }, (_, index) => `${index}.example`)
		const wrapper = mount(TlsPanel, { props: { exchange: anExchange({ connection: aConnection({ tls: { ...tls, chain: [aCertificate({ names })] } }) }) } })

		expect(wrapper.get('details summary').text()).toBe('40 names')
		expect(wrapper.get('details').attributes('open')).toBeUndefined()
	})
})
