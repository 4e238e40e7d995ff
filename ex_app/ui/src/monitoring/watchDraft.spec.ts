/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Check } from './watchApi.ts'

import { describe, expect, it } from 'vitest'
import { aWatch } from '../factories.ts'
import { draftOf, isChanged, usersOf, usualQuietHours } from './watchDraft.ts'
import { checkSentence, healthState, intervalLabel, stateTone } from './watchWords.ts'

describe('the form of a watch', () => {
	it('changes a copy', () => {
		const watch = aWatch({ quietHours: usualQuietHours() })
		const draft = draftOf(watch)
		expect(isChanged(draft, watch)).toBe(false)
		draft.quietHours!.begin = '21:00'
		draft.notify.push('alice')
		expect(isChanged(draft, watch)).toBe(true)
		expect(watch.notify).toEqual(['admin'])
	})

	it('is not changed by a check', () => {
		const watch = aWatch()
		expect(isChanged(draftOf(watch), { ...watch, state: 'failing', checkedAt: '2026-11-27T12:00:01Z' })).toBe(false)
	})

	it('takes users as they are typed', () => {
		expect(usersOf(' admin,, alice ,admin')).toEqual(['admin', 'alice'])
		expect(usersOf('Jane Doe')).toEqual(['Jane Doe'])
	})
})

describe('the words of a watch', () => {
	it('knows nothing of a source that is not checked', () => {
		expect(healthState(aWatch({ nextCheckAt: null }))).toBe('paused')
		expect(healthState(aWatch())).toBe('healthy')
		expect(stateTone('paused')).toBe('neutral')
	})

	it('says how often', () => {
		expect([60, 300, 3600, 7200, 86_400].map(intervalLabel)).toEqual(['Every minute', 'Every 5 minutes', 'Every hour', 'Every 2 hours', 'Once a day'])
	})

	it('says what a bar shows', () => {
		const check: Check = { logId: 'x', at: '2026-11-27T12:00:00Z', verdict: 'failed', statusCode: null, outcome: 'transport_error', durationMs: 12 }
		expect(checkSentence(check)).toMatch(/failed, – after 12 ms/)
		expect(checkSentence({ ...check, verdict: 'passed', statusCode: 200 })).toMatch(/passed, 200 in 12 ms/)
	})
})
