/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { confined } from './htmlPage.ts'

describe('a page of somebody else', () => {
	it('begins with a policy that lets nothing in, before anything that it says itself', () => {
		const page = confined('<!DOCTYPE html><html><head><base href="https://evil.example"></head><body>x</body></html>')

		expect(page.indexOf('Content-Security-Policy')).toBeLessThan(page.indexOf('evil.example'))
		expect(page).toMatch(/content="default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'"/)
		expect(page).not.toMatch(/script-src|connect-src|frame-src/)
	})
})
