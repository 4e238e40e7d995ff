/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { VerifyStep } from '../api/types.ts'

import { mount, RouterLinkStub } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import VerifyPanel from './VerifyPanel.vue'
import { aCall } from '../factories.ts'
import { marksOf, STEP_NAMES, verdict } from './verifySteps.ts'

/**
 * All steps, up to one that failed.
 *
 * @param failed which one
 */
function stepsUntil(failed: VerifyStep['name'] | null): VerifyStep[] {
	const end = failed ? STEP_NAMES.indexOf(failed) : STEP_NAMES.length
	return STEP_NAMES.map((name, index) => ({
		name,
		status: index < end ? (name === 'credentials' ? 'skipped' : 'passed') : index === end ? 'failed' : 'skipped',
		durationMs: index <= end ? index : null,
		summary: index <= end ? `Summary of ${name}.` : 'Not reached.',
		evidence: index <= end ? [{ name: 'Seen', value: name }] : [],
		remedies: index === end ? [{ text: `Mend ${name}.`, link: 'configuration/connection' as const }] : [],
	}))
}

/**
 * @param steps what was found
 * @param isRunning still on the way
 */
function mountPanel(steps: VerifyStep[], isRunning = false) {
	const verification = { passed: !steps.some(({ status }) => status === 'failed'), steps, call: aCall({ id: 'the-entry' }) }
	return mount(VerifyPanel, { props: { verification, isRunning, source: 'parcels' }, global: { stubs: { RouterLink: RouterLinkStub } } })
}

describe('the marks of a verification', () => {
	it('say what was not reached', () => {
		expect(marksOf(stepsUntil('tcp'))).toEqual(['passed', 'passed', 'passed', 'failed', 'notReached', 'notReached', 'notReached', 'notReached'])
	})

	it('tell it from what was not needed', () => {
		expect(marksOf(stepsUntil('http'))).toEqual(['passed', 'passed', 'passed', 'passed', 'passed', 'skipped', 'failed', 'notReached'])
		expect(marksOf(stepsUntil(null)).at(-1)).toBe('passed')
	})
})

describe('a verification', () => {
	it('says in one sentence where it stops', () => {
		expect(verdict(stepsUntil('tls'))).toBe('It stops at: TLS')
		expect(verdict(stepsUntil(null))).toBe('Verified: no step failed')
	})

	it('unfolds the step that failed, with the way to mend it, and leads to the log', () => {
		const panel = mountPanel(stepsUntil('tls'))
		const failed = panel.get('[data-testid="step-tls"]')

		expect(failed.get('details').attributes('open')).toBeDefined()
		expect(failed.text()).toContain('Mend tls.')
		expect(panel.get('[data-testid="step-dns"] details').attributes('open')).toBeUndefined()
		expect(panel.get('[data-testid="step-http"]').text()).toMatch(/^Answer\s*not reached$/)
		expect(panel.findAllComponents(RouterLinkStub).map((link) => link.props('to'))).toEqual([
			{ name: 'log', params: { entry: 'the-entry' } },
			{ name: 'source', params: { source: 'parcels', tab: 'configuration' }, hash: '#connection' },
		])
	})

	it('names the steps while it runs, and no result of the one before', () => {
		const panel = mountPanel(stepsUntil('tls'), true)

		expect(panel.text()).toContain('Verifying')
		expect(panel.findAll('ol > li')).toHaveLength(8)
		expect(panel.text()).not.toContain('failed')
	})
})
