/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { hasEnded, policyAt, withPolicy, withUntil } from './bodyPolicy.ts'

const MOMENT = '2026-11-28T12:00:00.000Z'
const NOON = Date.parse(MOMENT)

describe('whose bodies are kept', () => {
	it('is everybody\'s where nothing is said', () => {
		expect(policyAt({ policy: null, until: null }, NOON)).toBe('always')
	})

	it('is only that of failed calls when the time has passed', () => {
		const bodies = { policy: 'always' as const, until: MOMENT }

		expect(policyAt(bodies, NOON - 1)).toBe('always')
		expect([policyAt(bodies, NOON), hasEnded(bodies, NOON)]).toEqual(['errors', true])
	})

	it('loses its end where there is nothing that can end', () => {
		const bodies = { policy: 'always' as const, until: MOMENT }

		expect(withPolicy(bodies, 'never')).toEqual({ policy: 'never', until: MOMENT })
		expect(withPolicy(bodies, 'errors')).toEqual({ policy: 'errors', until: null })
		expect(withPolicy(bodies, '')).toEqual({ policy: null, until: null })
	})

	it('is said when an end is, which an end needs', () => {
		expect(withUntil({ policy: null, until: null }, 'always', new Date(NOON))).toEqual({ policy: 'always', until: MOMENT })
	})

	it('has no end when the moment is taken away or is none', () => {
		const bodies = { policy: 'never' as const, until: MOMENT }

		expect(withUntil(bodies, 'never', null)).toEqual({ policy: 'never', until: null })
		expect(withUntil(bodies, 'never', new Date('x'))).toEqual({ policy: 'never', until: null })
	})
})
