/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { VerifyStep } from '../api/types.ts'
import type { Tone } from './outcome.ts'

import { t } from '../l10n.ts'

export type StepName = VerifyStep['name']
export type StepMark = VerifyStep['status'] | 'notReached'

/** In the order of the way. */
export const STEP_NAMES: StepName[] = ['configuration', 'egress', 'dns', 'tcp', 'tls', 'credentials', 'http', 'content']

/**
 * What became of each step. Those behind a failure were not reached, which is not the same as not being needed.
 *
 * @param steps in the order of the way
 */
export function marksOf(steps: VerifyStep[]): StepMark[] {
	const failed = steps.findIndex(({ status }) => status === 'failed')
	return steps.map(({ status }, index) => failed >= 0 && index > failed ? 'notReached' : status)
}

/**
 * @param name a step
 */
export function stepName(name: StepName): string {
	switch (name) {
		case 'configuration': return t('open_connector', 'Configuration')
		case 'egress': return t('open_connector', 'Egress policy')
		case 'dns': return t('open_connector', 'DNS')
		case 'tcp': return t('open_connector', 'TCP')
		case 'tls': return t('open_connector', 'TLS')
		case 'credentials': return t('open_connector', 'Credentials')
		case 'http': return t('open_connector', 'Answer')
		case 'content': return t('open_connector', 'Content')
	}
}

/**
 * @param mark what became of a step
 */
export function markWords(mark: StepMark): { tone: Tone, text: string } {
	switch (mark) {
		case 'passed': return { tone: 'success', text: t('open_connector', 'passed') }
		case 'failed': return { tone: 'error', text: t('open_connector', 'failed') }
		case 'skipped': return { tone: 'neutral', text: t('open_connector', 'skipped') }
		case 'notReached': return { tone: 'neutral', text: t('open_connector', 'not reached') }
	}
}

/**
 * The whole in one sentence.
 *
 * @param steps in the order of the way
 */
export function verdict(steps: VerifyStep[]): string {
	const failed = steps.find(({ status }) => status === 'failed')
	return failed
		? t('open_connector', 'It stops at: {step}', { step: stepName(failed.name) })
		: t('open_connector', 'Verified: no step failed')
}
