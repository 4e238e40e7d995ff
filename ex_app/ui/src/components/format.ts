/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { getCanonicalLocale } from '@nextcloud/l10n'
import { n, t } from '../l10n.ts'

const KIB = 1024
const MIB = KIB * KIB
const LARGE_UNITS = [
	{ from: KIB, text: (size: string) => t('open_connector', '{size} KiB', { size }) },
	{ from: MIB, text: (size: string) => t('open_connector', '{size} MiB', { size }) },
	{ from: MIB * KIB, text: (size: string) => t('open_connector', '{size} GiB', { size }) },
	{ from: MIB * MIB, text: (size: string) => t('open_connector', '{size} TiB', { size }) },
]

/**
 * @param value a number
 * @param digits decimal places, at most
 */
export function formatNumber(value: number, digits = 0): string {
	return new Intl.NumberFormat(getCanonicalLocale(), { maximumFractionDigits: digits }).format(value)
}

/**
 * @param bytes a size
 */
export function formatBytes(bytes: number): string {
	if (bytes < KIB) {
		return t('open_connector', '{size} B', { size: formatNumber(bytes) })
	}
	const unit = LARGE_UNITS.findLast(({ from }) => bytes >= from) ?? LARGE_UNITS[0]!
	return unit.text(formatNumber(bytes / unit.from, 1))
}

/**
 * @param milliseconds how long something took
 */
export function formatDuration(milliseconds: number): string {
	if (milliseconds < 1000) {
		return t('open_connector', '{count} ms', { count: formatNumber(milliseconds, milliseconds < 10 ? 1 : 0) })
	}
	return t('open_connector', '{count} s', { count: formatNumber(milliseconds / 1000, milliseconds < 10_000 ? 2 : 1) })
}

/**
 * Date and time to the second, in the user's locale and time zone.
 *
 * @param iso a moment
 */
export function formatDateTime(iso: string): string {
	return new Intl.DateTimeFormat(getCanonicalLocale(), { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(iso))
}

/**
 * A day, in the user's locale and time zone.
 *
 * @param iso a moment
 */
export function formatDate(iso: string): string {
	return new Intl.DateTimeFormat(getCanonicalLocale(), { dateStyle: 'long' }).format(new Date(iso))
}

/**
 * Date and time to the millisecond, for lists of calls: today's without the date.
 *
 * @param iso a moment
 * @param now what today is
 */
export function formatLogTime(iso: string, now = new Date()): string {
	const moment = new Date(iso)
	const isToday = moment.toDateString() === now.toDateString()
	return new Intl.DateTimeFormat(getCanonicalLocale(), {
		...(isToday ? {} : { day: '2-digit', month: '2-digit', year: '2-digit' }),
		hour: '2-digit',
		minute: '2-digit',
		second: '2-digit',
		fractionalSecondDigits: 3,
	}).format(moment)
}

/**
 * A time of day, with its date when that is not today's.
 *
 * @param iso a moment
 * @param now the present, in ms
 */
export function formatTime(iso: string, now: number): string {
	const moment = new Date(iso)
	const isToday = moment.toDateString() === new Date(now).toDateString()
	return new Intl.DateTimeFormat(getCanonicalLocale(), { ...(isToday ? {} : { dateStyle: 'short' }), timeStyle: 'short' }).format(moment)
}

/**
 * How long ago, in words that fit a table: "2 min. ago".
 *
 * @param iso a moment
 * @param now the present, in ms
 */
export function formatAge(iso: string, now: number): string {
	const seconds = Math.max(0, (now - new Date(iso).getTime()) / 1000)
	if (seconds < 45) {
		return t('open_connector', 'just now')
	}
	const units: [Intl.RelativeTimeFormatUnit, number][] = [['minute', 60], ['hour', 3600], ['day', 86_400], ['month', 2_629_800], ['year', 31_557_600]]
	const [unit, length] = units.findLast(([, length]) => Math.round(seconds / length) >= 1) ?? units[0]!
	return new Intl.RelativeTimeFormat(getCanonicalLocale(), { style: 'short' }).format(-Math.round(seconds / length), unit)
}

/**
 * What is left of a time, to the second where it is short: "59 min 12 s", "3 h 20 min", "12 days".
 *
 * @param milliseconds how much is left
 */
export function formatRemaining(milliseconds: number): string {
	const seconds = Math.max(0, Math.ceil(milliseconds / 1000))
	const minutes = Math.floor(seconds / 60)
	const hours = Math.floor(minutes / 60)
	if (hours >= 48) {
		return n('open_connector', '%n day', '%n days', Math.floor(hours / 24))
	}
	if (hours > 0) {
		return t('open_connector', '{hours} h {minutes} min', { hours, minutes: minutes % 60 })
	}
	return minutes > 0 ? t('open_connector', '{minutes} min {seconds} s', { minutes, seconds: seconds % 60 }) : t('open_connector', '{seconds} s', { seconds })
}
