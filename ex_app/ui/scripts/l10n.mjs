/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * The texts of the app and their translations:
 *
 *     l10n.mjs                        says how many texts there are and how complete the languages are
 *     l10n.mjs list [nl]              prints all texts, or those that a language lacks, with the places where they are used
 *     l10n.mjs merge nl more.json     puts {"text": "translation", …} into a language
 *     l10n.mjs check                  fails unless every language is complete and nothing is stale
 */

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { fileURLToPath } from 'node:url'
import { countOfForms, faultsOf, filesOf, merged, PLURAL_FORMS, problemsOf } from './languages.mjs'
import { textsOf } from './texts.mjs'

/** @typedef {import('./languages.mjs').Language} Language */

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
const INTERFACE = 'ex_app/ui/src'
const MAX_OUTPUT = 16 * 1024 * 1024
const FOLDER = join(PROJECT, 'l10n')

/** Every text with the places where it is used, sorted; ends the program if there are texts that cannot be translated. */
function catalog() {
	/** @type {Map<string, string[]>} */
	const places = new Map()
	/** @type {string[]} */
	const faults = []

	/**
	 * @param {string} file relative to the project
	 * @param {[string, number][]} texts what it has
	 */
	function add(file, texts) {
		for (const [text, line] of texts) {
			places.set(text, [...places.get(text) ?? [], `${file}:${line}`])
		}
	}

	const names = readdirSync(join(PROJECT, INTERFACE), { recursive: true, encoding: 'utf8' })
	for (const name of names.filter(isSource).sort()) {
		const file = `${INTERFACE}/${name}`
		const found = textsOf(file, readFileSync(join(PROJECT, file), 'utf8'))
		add(file, found.texts)
		faults.push(...found.faults)
	}
	const script = fileURLToPath(new URL('phrases.py', import.meta.url))
	const server = JSON.parse(execFileSync('python3', [script, PROJECT], { encoding: 'utf8', maxBuffer: MAX_OUTPUT }))
	for (const [file, text, line] of server.texts) {
		add(file, [[text, line]])
	}
	faults.push(...server.faults)
	stopFor(faults)
	return new Map([...places].sort(([a], [b]) => a < b ? -1 : 1))
}

/**
 * Says of a text whether the interface has it; others are said by the server.
 *
 * @param {Map<string, string[]>} texts with their places
 * @return {(text: string) => boolean}
 */
function isOfInterface(texts) {
	return (text) => (texts.get(text) ?? []).some((place) => place.startsWith(INTERFACE))
}

/**
 * @param {string} name of a file of the interface
 */
function isSource(name) {
	return /\.(?:vue|ts)$/.test(name) && !/\.(?:spec|d)\.ts$/.test(name) && name !== 'l10n.ts'
}

/**
 * @param {string[]} faults to show; the program ends with them
 */
function stopFor(faults) {
	if (faults.length > 0) {
		process.stderr.write(`${faults.join('\n')}\n`)
		process.exit(1)
	}
}

/**
 * @param {string} line for whoever called the program
 */
function say(line) {
	process.stdout.write(`${line}\n`)
}

/** The codes of the languages that there are. */
function languages() {
	return existsSync(FOLDER) ? readdirSync(FOLDER).filter((name) => name.endsWith('.json')).map((name) => name.slice(0, -'.json'.length)) : []
}

/**
 * @param {string} code of a language
 * @return {Language | undefined}
 */
function read(code) {
	const file = join(FOLDER, `${code}.json`)
	return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined
}

/** How complete each language is. */
function report() {
	const keys = [...catalog().keys()]
	say(`${keys.length} texts`)
	for (const code of languages()) {
		const translations = read(code)?.translations ?? {}
		say(`${code}: ${keys.filter((key) => Object.hasOwn(translations, key)).length} translated`)
	}
}

/**
 * @param {string | undefined} code of the language that lacks the texts; all texts without
 */
function list(code) {
	const known = code ? read(code)?.translations ?? {} : {}
	const lacking = [...catalog()].filter(([text]) => !Object.hasOwn(known, text))
	say(JSON.stringify(Object.fromEntries(lacking), null, '\t'))
}

/**
 * @param {string} code of the language
 * @param {string} file the translations to put in
 */
function merge(code, file) {
	const form = PLURAL_FORMS[code] ?? ''
	stopFor(form && file ? [] : [`Say which language (${Object.keys(PLURAL_FORMS).join(', ')}) and which file; a new one needs its plural form in languages.mjs.`])
	const texts = catalog()
	const keys = [...texts.keys()]
	const more = JSON.parse(readFileSync(file, 'utf8'))
	const faults = Object.entries(more).flatMap(([key, translation]) => keys.includes(key)
		? faultsOf(key, translation, countOfForms(form)).map((fault) => `${fault}: ${JSON.stringify(key)}`)
		: [`there is no such text: ${JSON.stringify(key)}`])
	stopFor(faults)
	const language = merged(code, read(code), more, keys)
	const files = filesOf(language, isOfInterface(texts))
	writeFileSync(join(FOLDER, `${code}.json`), files.json)
	writeFileSync(join(FOLDER, `${code}.js`), files.js)
	say(`${code}: ${Object.keys(language.translations).length} of ${keys.length} texts`)
}

/** Ends the program unless every language that the app shall have is complete, and nothing in them is stale. */
function check() {
	const texts = catalog()
	const keys = [...texts.keys()]
	stopFor([...new Set([...Object.keys(PLURAL_FORMS), ...languages()])].flatMap((code) => {
		const language = read(code)
		if (!language) {
			return [`l10n/${code}.json is missing`]
		}
		const isSame = existsSync(join(FOLDER, `${code}.js`)) && readFileSync(join(FOLDER, `${code}.js`), 'utf8') === filesOf(language, isOfInterface(texts)).js
		const problems = [...problemsOf(code, language, keys), ...isSame ? [] : [`${code}.js does not say the same: merge {}`]]
		return problems.map((problem) => `l10n/${code}.json: ${problem}`)
	}))
}

const [command = 'report', ...rest] = process.argv.slice(2)
const commands = /** @type {Record<string, (...rest: string[]) => void>} */ ({ report, list, merge, check })
const run = commands[command]
if (run) {
	run(...rest)
} else {
	stopFor([`There is no command ${command}: ${Object.keys(commands).join(', ')}`])
}
