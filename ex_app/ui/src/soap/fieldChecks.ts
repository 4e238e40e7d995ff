/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FormField } from '../api/service.ts'

import { t } from '../l10n.ts'

const INTEGERS = /^xsd:(?:integer|int|long|short|byte|(?:non)?(?:positive|negative)Integer|unsigned(?:Int|Long|Short|Byte))$/i
const ZONE = '(?:Z|[+\\-]\\d{2}:\\d{2})?'
const DATE = '-?\\d{4,}-\\d{2}-\\d{2}'
const TIME = '\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?'

const SHAPES: Partial<Record<FormField['kind'], { pattern: string, example: string }>> = {
	date: { pattern: DATE + ZONE, example: '2026-11-27' },
	datetime: { pattern: `${DATE}T${TIME}${ZONE}`, example: '2026-11-27T09:30:00Z' },
	time: { pattern: TIME + ZONE, example: '09:30:00' },
}

/**
 * @param field a field of text
 * @return what its value looks like
 */
export function exampleOf(field: FormField): string | undefined {
	return SHAPES[field.kind]?.example
}

/**
 * What the browser can check while somebody types; the server, which knows everything, says a moment later what is wrong. The patterns of XML
 * Schema are close to those of JavaScript: one that is not is left to the server.
 *
 * @param field a field of text
 * @return for the attribute `pattern`
 */
export function patternOf(field: FormField): string | undefined {
	const shape = SHAPES[field.kind]?.pattern
		?? (field.kind !== 'number' ? field.pattern : INTEGERS.test(field.type) ? '[+\\-]?\\d+' : '[+\\-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+\\-]?\\d+)?|[+\\-]?INF|NaN')
	// A placeholder is filled in when the request is sent.
	return shape && isPattern(shape) ? `\\s*(?:${shape})\\s*|.*\\{\\{.*` : undefined
}

/**
 * @param text a regular expression; browsers read the attribute with the flag `v`
 */
function isPattern(text: string): boolean {
	try {
		return new RegExp(text, 'v') instanceof RegExp
	} catch {
		return false
	}
}

/**
 * What a value has to be like, beside its type. Everybody knows, or nobody wants to know, how large an `xsd:int` can be.
 *
 * @param field a field of text
 * @return short phrases
 */
export function limitsOf(field: FormField): string[] {
	const { maxLength, pattern } = field
	const { min, max } = field.type.startsWith('xsd:') ? { min: null, max: null } : field
	return [
		field.default !== null && !field.isRequired ? t('open_connector', '{value} when it is not sent', { value: field.default }) : '',
		min !== null && max !== null ? t('open_connector', '{min} to {max}', { min, max }) : '',
		min !== null && max === null ? t('open_connector', 'at least {min}', { min }) : '',
		min === null && max !== null ? t('open_connector', 'at most {max}', { max }) : '',
		maxLength === null ? '' : t('open_connector', 'at most {count} characters', { count: maxLength }),
		pattern ? t('open_connector', 'form {pattern}', { pattern }) : '',
	].filter(Boolean)
}

/**
 * A moment as a picker of the browser gives it, as XML Schema writes it: with seconds, and with the user's time zone, so that it says which
 * moment is meant.
 *
 * @param kind which picker
 * @param picked such as `2026-11-27T09:30`
 */
export function fromPicker(kind: FormField['kind'], picked: string): string {
	if (kind === 'date' || picked === '') {
		return picked
	}
	const withSeconds = /:\d{2}:\d{2}/.test(picked) ? picked : `${picked}:00`
	return kind === 'datetime' ? withSeconds + zoneAt(new Date(withSeconds)) : withSeconds
}

/**
 * @param moment whose offset from UTC is asked for; it changes with the season
 */
function zoneAt(moment: Date): string {
	const minutes = -moment.getTimezoneOffset()
	const two = (value: number) => String(Math.floor(value)).padStart(2, '0')
	return minutes === 0 ? 'Z' : `${minutes < 0 ? '-' : '+'}${two(Math.abs(minutes) / 60)}:${two(Math.abs(minutes) % 60)}`
}
