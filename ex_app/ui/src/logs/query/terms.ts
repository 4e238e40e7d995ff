/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

/** One part of a query, with its place in the text, in UTF-16 units. */
export interface Term {
	start: number
	end: number
	/** The name before the colon; null for words, phrases and conditions on JSON */
	field: string | null
	value: string
	isNegated: boolean
}

/** Words, and what is quoted within them: `source:"a b"` is one part. */
const PART = /(?:"(?:[^"\\]|\\.)*"?|[^\s"])+/g
const NAMED = /^(-?)([a-z_]+):(.*)$/is

/**
 * The parts of a query, as far as editing it needs them. What they mean, and whether they are right, the server says.
 *
 * @param text a query
 */
export function splitQuery(text: string): Term[] {
	return [...text.matchAll(PART)].map(({ 0: part, index }) => {
		const named = NAMED.exec(part)
		return {
			start: index,
			end: index + part.length,
			field: named ? named[2]!.toLowerCase() : null,
			value: unquoted(named ? named[3]! : part.replace(/^-/, '')),
			isNegated: part.startsWith('-'),
		}
	})
}

/**
 * A value as it stands in a query.
 *
 * @param value plain text
 */
export function quoted(value: string): string {
	return /^[^\s",$'-][^\s",]*$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
}

/**
 * @param value of a part of a query
 */
function unquoted(value: string): string {
	return /^"(?:[^"\\]|\\.)*"$/s.test(value) ? value.slice(1, -1).replace(/\\(.)/gs, '$1') : value
}

/**
 * Takes a part out of a query, with the space that it leaves.
 *
 * @param text a query
 * @param span which part
 * @param span.start where it begins
 * @param span.end where it ends
 */
export function withoutSpan(text: string, { start, end }: { start: number, end: number }): string {
	return [text.slice(0, start).trimEnd(), text.slice(end).trimStart()].filter((part) => part !== '').join(' ')
}

/**
 * @param text a query
 * @param term one more part of it
 */
export function withTerm(text: string, term: string): string {
	return [text.trim(), term].filter((part) => part !== '').join(' ')
}

/**
 * Takes all parts of some fields out of a query, negated ones too.
 *
 * @param text a query
 * @param fields names of fields
 */
export function withoutFields(text: string, fields: readonly string[]): string {
	const left = splitQuery(text).findLast(({ field }) => field !== null && fields.includes(field))
	return left ? withoutFields(withoutSpan(text, left), fields) : text.trim()
}

/**
 * Narrows a query to one value of a field.
 *
 * @param text a query
 * @param field name of a field
 * @param value the value
 */
export function withField(text: string, field: string, value: string): string {
	const others = splitQuery(text).findLast((term) => term.field === field && !term.isNegated)
	return others ? withField(withoutSpan(text, others), field, value) : withTerm(text, `${field}:${quoted(value)}`)
}

/**
 * The values of a field that a query asks for.
 *
 * @param text a query
 * @param field name of a field
 */
export function valuesOf(text: string, field: string): string[] {
	return splitQuery(text).filter((term) => term.field === field && !term.isNegated).flatMap(({ start, end }) => listOf(text.slice(start, end)))
}

/**
 * Adds a value to those that a query asks for, or takes it away. Parts of a query must all hold, values of one part are alternatives: so
 * a further value joins the part that is there.
 *
 * @param text a query
 * @param field name of a field
 * @param value the value
 */
export function toggleValue(text: string, field: string, value: string): string {
	const term = splitQuery(text).find((other) => other.field === field && !other.isNegated)
	if (!term) {
		return withTerm(text, `${field}:${quoted(value)}`)
	}
	const values = listOf(text.slice(term.start, term.end))
	const wanted = values.includes(value) ? values.filter((other) => other !== value) : [...values, value]
	if (wanted.length === 0) {
		return withoutSpan(text, term)
	}
	return `${text.slice(0, term.start)}${field}:${wanted.map(quoted).join(',')}${text.slice(term.end)}`
}

/**
 * The same for a field that has one value at a time: another one replaces it.
 *
 * @param text a query
 * @param field name of a field
 * @param value the value
 */
export function toggleSingle(text: string, field: string, value: string): string {
	const term = splitQuery(text).find((other) => other.field === field && !other.isNegated && other.value === value)
	if (term) {
		return withoutSpan(text, term)
	}
	// `is:` may be there several times: each of them is a question of its own.
	return field === 'is' ? withTerm(text, `is:${value}`) : withField(text, field, value)
}

/**
 * @param part `field:a,"b c"`
 */
function listOf(part: string): string[] {
	const list = part.slice(part.indexOf(':') + 1)
	return [...list.matchAll(/(?:"(?:[^"\\]|\\.)*"|[^,"])+/gs)].map(([value]) => unquoted(value))
}
