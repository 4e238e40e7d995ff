/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import MessageBody from '../bodies/MessageBody.vue'
import ExchangeDetails from './ExchangeDetails.vue'
import { aBody, anExchange } from '../factories.ts'

describe('an exchange in the log', () => {
	it('shows the records of its answer where its source has them', () => {
		const exchange = anExchange({ response: { ...anExchange().response!, body: aBody() } })
		const props = { modelValue: 'messages' as const, logId: 'a', exchanges: [exchange], position: 0, resultsPosition: 'data.items' }
		const wrapper = mount(ExchangeDetails, { props, global: { stubs: { BodyViewer: true, RequestAsSent: true } } })

		const { resultsPosition, canUsePosition } = wrapper.getComponent(MessageBody).props()
		expect([resultsPosition, canUsePosition]).toEqual(['data.items', false])
	})
})
