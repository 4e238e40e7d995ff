/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Retention } from '../api/retention.ts'
import type { Settings } from '../api/types.ts'
import type { BodyPolicy } from './bodyPolicy.ts'

import { n, t } from '../l10n.ts'

/** Whose settings they are: those of all sources, or those of one. */
export type Scope = 'all' | 'source'
/** Which number of days. */
export type DaysOf = 'successDays' | 'errorDays' | 'successBodyDays' | 'errorBodyDays'

/**
 * What holds where a source says nothing.
 *
 * @param settings those of all sources
 */
export function heldByAll(settings: Pick<Settings, 'retention' | 'retentionEnvironment'>): Retention {
	const keys = Object.keys(settings.retentionEnvironment) as (keyof Retention)[]
	return Object.fromEntries(keys.map((key) => [key, settings.retention[key] ?? settings.retentionEnvironment[key]])) as Retention
}

/**
 * What stands in an empty field.
 *
 * @param key which number of days
 * @param wider what holds then; null: that is not known
 */
export function daysPlaceholder(key: DaysOf, wider: Retention | null): string {
	return wider?.[key] ? String(wider[key]) : wider ? unlimited(key) : ''
}

/**
 * What the number in the field means, or what holds without one.
 *
 * @param key which number of days
 * @param own what is typed
 * @param wider what holds where nothing is typed; null: that is not known
 * @param scope whose settings they are
 */
export function daysHelp(key: DaysOf, own: Retention, wider: Retention | null, scope: Scope): string {
	const days = own[key]
	if (days === null) {
		if (wider && isOfBodies(key) && !wider[key]) {
			return t('open_connector', 'Empty or 0: {meaning}.', { meaning: unlimited(key) })
		}
		return [emptyHelp(key, wider, scope), zeroHelp(key)].join(' ')
	}
	if (days === 0) {
		return isOfBodies(key) ? t('open_connector', '0: kept as long as the call.') : t('open_connector', '0: kept for ever.')
	}
	const calls = isOfBodies(key) ? callDays(key, own, wider) : null
	return calls && days >= calls
		? t('open_connector', 'Without effect: the calls go with their bodies after {days}.', { days: daysText(calls) })
		: zeroHelp(key)
}

/**
 * What is kept at all, in the words of the choice.
 *
 * @param policy whose bodies
 */
export function policyLabel(policy: BodyPolicy): string {
	switch (policy) {
		case 'always': return t('open_connector', 'of every call')
		case 'errors': return t('open_connector', 'only of failed calls')
		case 'never': return t('open_connector', 'of no call')
	}
}

/**
 * @param key which number of days
 */
function zeroHelp(key: DaysOf): string {
	return t('open_connector', '0: {meaning}.', { meaning: unlimited(key) })
}

/**
 * @param key which number of days
 * @param wider what holds without a number
 * @param scope whose settings they are
 */
function emptyHelp(key: DaysOf, wider: Retention | null, scope: Scope): string {
	if (!wider) {
		return t('open_connector', 'Empty: as the settings say.')
	}
	const days = wider[key] ? daysText(wider[key]) : unlimited(key)
	return scope === 'all'
		? t('open_connector', 'Empty: {days}, as the environment says.', { days })
		: t('open_connector', 'Empty: {days}, as the settings say.', { days })
}

/**
 * How long the calls stay whose bodies are meant; null: for ever, or unknown.
 *
 * @param key which number of days
 * @param own what is typed
 * @param wider what holds where nothing is typed
 */
function callDays(key: DaysOf, own: Retention, wider: Retention | null): number | null {
	const calls = key === 'successBodyDays' ? 'successDays' : 'errorDays'
	return own[calls] ?? wider?.[calls] ?? null
}

/**
 * @param key which number of days
 */
function isOfBodies(key: DaysOf): boolean {
	return key === 'successBodyDays' || key === 'errorBodyDays'
}

/**
 * What no number, or 0, means.
 *
 * @param key which number of days
 */
function unlimited(key: DaysOf): string {
	return isOfBodies(key) ? t('open_connector', 'as long as the call') : t('open_connector', 'for ever')
}

/**
 * @param days how many
 */
function daysText(days: number): string {
	return n('open_connector', '%n day', '%n days', days)
}
