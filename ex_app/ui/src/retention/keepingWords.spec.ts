/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { someRetention, someSettings } from '../factories.ts'
import { daysHelp, daysPlaceholder, heldByAll } from './keepingWords.ts'

const environment = someRetention({ successDays: 30, errorDays: 90 })

describe('what holds where a source says nothing', () => {
	it('is what the settings say, then the environment', () => {
		const settings = someSettings({ retention: someRetention({ successDays: 7, errorBodyDays: 2 }), retentionEnvironment: environment })

		expect(heldByAll(settings)).toEqual(someRetention({ successDays: 7, errorDays: 90, errorBodyDays: 2 }))
	})

	it('may be "for ever", which is not nothing', () => {
		const settings = someSettings({ retention: someRetention({ successDays: 0 }), retentionEnvironment: environment })

		expect(daysPlaceholder('successDays', heldByAll(settings))).toBe('for ever')
	})
})

describe('an empty number of days', () => {
	it('says what holds, and who says so', () => {
		expect(daysPlaceholder('successDays', environment)).toBe('30')
		expect(daysHelp('successDays', someRetention(), environment, 'all')).toBe('Empty: 30 days, as the environment says. 0: for ever.')
		expect(daysHelp('errorDays', someRetention(), environment, 'source')).toBe('Empty: 90 days, as the settings say. 0: for ever.')
	})

	it('lets bodies stay with their call', () => {
		expect(daysPlaceholder('errorBodyDays', environment)).toBe('as long as the call')
		expect(daysHelp('errorBodyDays', someRetention(), environment, 'source')).toBe('Empty or 0: as long as the call.')
	})

	it('promises nothing while the settings are not known', () => {
		expect(daysPlaceholder('successDays', null)).toBe('')
		expect(daysHelp('successDays', someRetention(), null, 'source')).toBe('Empty: as the settings say. 0: for ever.')
	})
})

describe('a number of days', () => {
	it('that is 0 is for ever', () => {
		expect(daysHelp('successDays', someRetention({ successDays: 0 }), environment, 'all')).toBe('0: kept for ever.')
	})

	it('of bodies does nothing when their calls go first', () => {
		expect(daysHelp('successBodyDays', someRetention({ successBodyDays: 40 }), environment, 'all')).toBe('Without effect: the calls go with their bodies after 30 days.')
		expect(daysHelp('successBodyDays', someRetention({ successBodyDays: 40, successDays: 50 }), environment, 'all')).toBe('0: as long as the call.')
		expect(daysHelp('successBodyDays', someRetention({ successBodyDays: 40, successDays: 0 }), environment, 'all')).toBe('0: as long as the call.')
	})
})
