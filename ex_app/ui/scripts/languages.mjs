/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

const APP = 'open_connector'

/** @typedef {string | string[]} Translation of a text, or the forms of one that depends on a number */
/** @typedef {{ translations: Record<string, Translation>, pluralForm: string }} Language as `l10n/<language>.json` has it */

/** How each language counts: the C expression of gettext, as Nextcloud's own files have it. German is there twice: du and Sie. */
export const PLURAL_FORMS = /** @type {Record<string, string>} */ ({
	nl: 'nplurals=2; plural=(n != 1);',
	de: 'nplurals=2; plural=(n != 1);',
	de_DE: 'nplurals=2; plural=(n != 1);',
	fr: 'nplurals=2; plural=(n > 1);',
})

const PLURAL_KEY = /^_(.*)_::_(.*)_$/s
const PLACEHOLDER = /\{\w+\}|%n/g

/**
 * What is wrong with a translation, one sentence each.
 *
 * @param {string} code of the language
 * @param {Language} language what its file has
 * @param {Iterable<string>} keys of all texts of the app
 * @return {string[]}
 */
export function problemsOf(code, language, keys) {
	const texts = new Set(keys)
	const { translations, pluralForm } = language
	const problems = []
	if (pluralForm !== PLURAL_FORMS[code]) {
		problems.push(`the plural form is not ${JSON.stringify(PLURAL_FORMS[code])}`)
	}
	for (const key of texts) {
		if (!Object.hasOwn(translations, key)) {
			problems.push(`missing: ${JSON.stringify(key)}`)
		}
	}
	for (const [key, translation] of Object.entries(translations)) {
		if (!texts.has(key)) {
			problems.push(`stale: ${JSON.stringify(key)}`)
		} else {
			problems.push(...faultsOf(key, translation, countOfForms(pluralForm)).map((fault) => `${fault}: ${JSON.stringify(key)}`))
		}
	}
	return problems
}

/**
 * @param {string} key of the text
 * @param {Translation} translation to judge
 * @param {number} forms how many the language has
 * @return {string[]}
 */
export function faultsOf(key, translation, forms) {
	const plural = PLURAL_KEY.exec(key)
	if (!plural) {
		return typeof translation === 'string' ? faultsOfForm(translation, [key]) : ['must be one text']
	}
	if (!Array.isArray(translation) || translation.length !== forms) {
		return [`must be a list of ${forms} texts`]
	}
	const sources = plural.slice(1)
	return translation.flatMap((form, index) => faultsOfForm(form, index === translation.length - 1 ? sources.slice(1) : sources))
}

/**
 * @param {string} form one translated text
 * @param {string[]} sources the English texts, one of which has its placeholders
 * @return {string[]}
 */
function faultsOfForm(form, sources) {
	const source = /** @type {string} */ (sources.at(-1))
	if (typeof form !== 'string' || form.trim() === '') {
		return ['is empty']
	}
	const faults = []
	if (!sources.some((text) => placeholdersOf(text) === placeholdersOf(form))) {
		faults.push(`the placeholders are not ${placeholdersOf(source) || 'none'}, but ${placeholdersOf(form) || 'none'}`)
	}
	if (edges(form) !== edges(source)) {
		faults.push('begins or ends with other spaces')
	}
	return faults
}

/**
 * @param {string} text a text or its translation
 */
function placeholdersOf(text) {
	return (text.match(PLACEHOLDER) ?? []).sort().join(' ')
}

/**
 * @param {string} text a text or its translation
 */
function edges(text) {
	return JSON.stringify([/^\s*/.exec(text)?.[0], /\s*$/.exec(text)?.[0]])
}

/**
 * @param {string} pluralForm as gettext has it
 */
export function countOfForms(pluralForm) {
	return Number(/nplurals=(\d+)/.exec(pluralForm)?.[1])
}

/**
 * A language with more translations, and without those that no text asks for any more.
 *
 * @param {string} code of the language
 * @param {Language | undefined} language what there is
 * @param {Record<string, Translation>} more translations by the key of the text; they win
 * @param {Iterable<string>} keys of all texts of the app
 * @return {Language}
 */
export function merged(code, language, more, keys) {
	const all = { ...language?.translations, ...more }
	const kept = [...keys].filter((key) => Object.hasOwn(all, key)).sort()
	return {
		translations: Object.fromEntries(kept.map((key) => [key, typeset(/** @type {Translation} */ (all[key]))])),
		pluralForm: PLURAL_FORMS[code] ?? '',
	}
}

/**
 * No line begins with an ellipsis: the space before it does not break, as the linter wants it of the English texts.
 *
 * @param {Translation} translation of a text
 * @return {Translation}
 */
function typeset(translation) {
	return typeof translation === 'string' ? translation.replaceAll(/ (?=\u2026)/g, '\u00a0') : translation.map((form) => /** @type {string} */ (typeset(form)))
}

/**
 * The two files of a language: one that servers read and one that the page loads, which has the texts of the interface alone.
 *
 * @param {Language} language what they say
 * @param {(key: string) => boolean} isShown whether a text is one of the interface
 * @return {{ json: string, js: string }}
 */
export function filesOf({ translations, pluralForm }, isShown) {
	const all = Object.entries(translations)
	return {
		json: `{ "translations": ${tableOf(all)},"pluralForm" :${JSON.stringify(pluralForm)}\n}\n`,
		js: `OC.L10N.register(\n    "${APP}",\n    ${tableOf(all.filter(([key]) => isShown(key)))},\n${JSON.stringify(pluralForm)});\n`,
	}
}

/**
 * @param {[string, Translation][]} translations by their texts
 */
function tableOf(translations) {
	return `{\n${translations.map(([key, translation]) => `    ${JSON.stringify(key)} : ${JSON.stringify(translation)}`).join(',\n')}\n}`
}
