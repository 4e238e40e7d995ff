/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { UptimeDay } from '../../api/logStatistics.ts'

import { getCanonicalLocale } from '@nextcloud/l10n'
import { formatNumber } from '../../components/format.ts'
import { n, t } from '../../l10n.ts'
import { withSpan } from '../query/timeRange.ts'

const DAY_MS = 86_400_000

export type Level = 'none' | 'good' | 'some' | 'many'

/** From this part of failed calls on, a day was bad. */
const MANY = 0.1

/**
 * @param day with its counts
 */
export function levelOf(day: UptimeDay): Level {
	const { calls, errors } = day
	if (calls === 0) {
		return 'none'
	}
	return errors === 0 ? 'good' : errors / calls < MANY ? 'some' : 'many'
}

/**
 * The query for the calls of a day.
 *
 * @param day with its counts; days are those of UTC
 */
export function dayQuery(day: UptimeDay): string {
	const since = new Date(day.day)
	return withSpan('', { since, until: new Date(since.getTime() + DAY_MS) })
}

/**
 * @param level how a day went
 */
export function levelWords(level: Level): string {
	switch (level) {
		case 'none': return t('open_connector', 'no calls')
		case 'good': return t('open_connector', 'all went well')
		case 'some': return t('open_connector', 'some failed')
		case 'many': return t('open_connector', '10 % or more failed')
	}
}

/**
 * @param day with its counts; days are those of UTC
 */
export function dayText(day: UptimeDay): string {
	const { calls, errors } = day
	const date = new Intl.DateTimeFormat(getCanonicalLocale(), { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(day.day))
	if (calls === 0) {
		return t('open_connector', '{date}: no calls', { date })
	}
	return n('open_connector', '{date}: {count} call, {percent} % failed', '{date}: {count} calls, {percent} % failed', calls, {
		date,
		count: formatNumber(calls),
		percent: formatNumber(100 * errors / calls, 1),
	})
}
