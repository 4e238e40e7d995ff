/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount, RouterLinkStub } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import EntryFacts from './EntryFacts.vue'
import { aCall } from '../../factories.ts'

/**
 * @param id of the trigger
 */
function show(id: string | null) {
	const entry = aCall({ trigger: { type: 'job', id, userId: 'admin' } })
	return mount(EntryFacts, { props: { entry }, global: { stubs: { RouterLink: RouterLinkStub } } })
}

describe('the facts of a log entry', () => {
	it('name the trigger by its id, which leads to all of its calls', () => {
		const facts = show('nightly run')
		const link = facts.findAllComponents(RouterLinkStub).at(-1)!

		expect(facts.text()).toMatch(/Background job · nightly run · admin/)
		expect(link.props('to')).toEqual({ name: 'logs', query: { query: 'trigger:"job:nightly run"' } })
		expect(show('nightly').findAllComponents(RouterLinkStub).at(-1)!.props('to')).toEqual({ name: 'logs', query: { query: 'trigger:job:nightly' } })
	})

	it('say nothing of an id that there is not', () => {
		expect(show(null).text()).toMatch(/Background job · admin/)
	})
})
