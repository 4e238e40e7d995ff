/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { filesOf, merged, PLURAL_FORMS, problemsOf } from './languages.mjs'

const CALLS = '_%n call_::_%n calls_'
const KEYS = ['Save {name}', 'Loading …', CALLS]
const DUTCH = { 'Save {name}': '{name} opslaan', 'Loading …': 'Laden …', [CALLS]: ['%n aanroep', '%n aanroepen'] }

/**
 * @param changes what is other than in a good translation
 * @param keys all texts
 */
function problems(changes: Record<string, string | string[] | undefined>, keys = KEYS): string[] {
	const translations = Object.fromEntries(Object.entries({ ...DUTCH, ...changes }).filter(([, value]) => value !== undefined)) as Record<string, string | string[]>
	return problemsOf('nl', { translations, pluralForm: PLURAL_FORMS.nl! }, keys)
}

describe('a translation', () => {
	it('is good when it has every text', () => {
		expect(problems({})).toEqual([])
	})

	it.each([
		['a missing text', { 'Loading …': undefined }, 'missing: "Loading …"'],
		['a stale text', { Loading: 'Laden' }, 'stale: "Loading"'],
		['a placeholder that was translated', { 'Save {name}': '{naam} opslaan' }, 'the placeholders are not {name}, but {naam}: "Save {name}"'],
		['a placeholder that was lost', { 'Save {name}': 'Opslaan' }, 'the placeholders are not {name}, but none: "Save {name}"'],
		['a space too many', { 'Loading …': 'Laden … ' }, 'begins or ends with other spaces: "Loading …"'],
		['an empty text', { 'Loading …': '' }, 'is empty: "Loading …"'],
		['forms of a text that has none', { 'Loading …': ['Laden'] }, 'must be one text: "Loading …"'],
		['a form too few', { [CALLS]: ['%n aanroep'] }, `must be a list of 2 texts: "${CALLS}"`],
		['one text instead of forms', { [CALLS]: '%n aanroepen' }, `must be a list of 2 texts: "${CALLS}"`],
		['a plural without its number', { [CALLS]: ['%n aanroep', 'aanroepen'] }, `the placeholders are not %n, but none: "${CALLS}"`],
	])('must not have %s', (_, changes, problem) => {
		expect(problems(changes)).toEqual([problem])
	})

	it('may say for one what English says for one', () => {
		const key = '_Delete it?_::_Delete %n sources?_'
		expect(problems({ [key]: ['Verwijderen?', '%n bronnen verwijderen?'] }, [...KEYS, key])).toEqual([])
		expect(problems({ [key]: ['Verwijderen?', 'Bronnen verwijderen?'] }, [...KEYS, key])).toHaveLength(1)
	})

	it('counts as its language does', () => {
		expect(problemsOf('fr', { translations: DUTCH, pluralForm: PLURAL_FORMS.nl! }, KEYS)).toEqual([`the plural form is not "${PLURAL_FORMS.fr}"`])
	})
})

describe('a merge', () => {
	it('adds, replaces, sorts, and leaves out what is stale', () => {
		const before = { translations: { 'Save {name}': 'Bewaar {name}', Gone: 'Weg' }, pluralForm: '' }
		const { translations, pluralForm } = merged('nl', before, { 'Save {name}': '{name} opslaan', 'Loading …': 'Laden …' }, KEYS)
		expect(Object.entries(translations)).toEqual([['Loading …', 'Laden …'], ['Save {name}', '{name} opslaan']])
		expect(pluralForm).toBe(PLURAL_FORMS.nl)
	})
})

describe('an ellipsis', () => {
	it('does not begin a line', () => {
		const typed = { 'Loading …': ['Laden', '…'].join(' '), [CALLS]: [['%n', '…'].join(' '), '%n'] }
		const { translations } = merged('nl', undefined, typed, KEYS)
		expect(translations).toEqual({ 'Loading …': 'Laden …', [CALLS]: ['%n …', '%n'] })
	})
})

describe('the files of a language', () => {
	const language = { translations: DUTCH, pluralForm: PLURAL_FORMS.nl! }

	it('hold the same, for the server and for the page', () => {
		const { json, js } = filesOf(language, () => true)
		expect(JSON.parse(json)).toEqual(language)
		const registered: unknown[] = []
		new Function('OC', js)({ L10N: { register: (...values: unknown[]) => registered.push(...values) } })
		expect(registered).toEqual(['open_connector', DUTCH, PLURAL_FORMS.nl])
	})

	it('spare the page what the server says', () => {
		const { json, js } = filesOf(language, (text) => text === CALLS)
		expect(JSON.parse(json)).toEqual(language)
		expect(js).toContain(CALLS)
		expect(Object.keys(DUTCH).filter((text) => text !== CALLS && js.includes(JSON.stringify(text)))).toEqual([])
	})
})
