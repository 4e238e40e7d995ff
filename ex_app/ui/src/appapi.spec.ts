/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { beforeEach, describe, expect, it } from 'vitest'
import { apiUrl, pageBase, pageConfig } from './appapi.ts'

/**
 * What AppAPI does: JSON, base64, in a hidden field.
 *
 * @param value the state
 */
function provideState(value: unknown) {
	const field = document.createElement('input')
	field.type = 'hidden'
	field.id = 'initial-state-app_api-open_connector-config'
	field.value = btoa(JSON.stringify(value))
	document.body.append(field)
}

// The library keeps what it has read once.
beforeEach(() => Object.assign(window, { _nc_initial_state: new Map() }))

describe('the addresses', () => {
	it('go through the proxy of AppAPI', () => {
		expect(apiUrl('sources/a')).toBe('/index.php/apps/app_api/proxy/open_connector/api/sources/a')
	})

	it('begin with the embedded page', () => {
		expect(pageBase()).toBe('/index.php/apps/app_api/embedded/open_connector/main')
	})
})

describe('the page configuration', () => {
	it('is JSON inside a JSON string', () => {
		provideState('{"version": "0.1.0"}')
		expect(pageConfig()).toEqual({ version: '0.1.0' })
	})

	it('may be an object', () => {
		provideState({ version: '0.1.0' })
		expect(pageConfig()).toEqual({ version: '0.1.0' })
	})

	it('may be missing', () => {
		expect(pageConfig()).toEqual({})
	})
})
