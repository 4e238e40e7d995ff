/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { WsdlUpload } from '../api/service.ts'

import { t } from '../l10n.ts'

/** As much as the server takes of each. */
const MAX_CHARACTERS = 5 * 1024 * 1024

/** A file as a person has chosen it. */
export interface ChosenFile {
	name: string
	bytes: Uint8Array
}

/**
 * A WSDL and what it imports, from files that were chosen together.
 *
 * @param files in any order
 * @throws {Error} with a sentence that says what is wrong with them
 */
export function uploadOf(files: ChosenFile[]): WsdlUpload {
	const texts = files.map(({ name, bytes }) => ({ name, text: textOf(bytes) }))
	const large = texts.find(({ text }) => text.length > MAX_CHARACTERS)
	if (large) {
		throw new Error(t('open_connector', '{file} is too large: a WSDL or schema may have 5 MiB.', { file: large.name }))
	}
	const descriptions = texts.filter(({ text }) => /<(?:[\w.-]+:)?definitions[\s>]/.test(text))
	if (descriptions.length === 0) {
		throw new Error(t('open_connector', 'None of these files is a WSDL.'))
	}
	const mains = descriptions.filter(({ name }) => !descriptions.some((other) => other.name !== name && imports(other.text, name)))
	const [main] = mains
	if (!main || mains.length > 1) {
		throw new Error(t('open_connector', 'These files hold several WSDLs. Choose one, with the files that it imports.'))
	}
	const imported = texts.filter(({ name }) => name !== main.name)
	return { content: main.text, imports: Object.fromEntries(imported.map(({ name, text }) => [name, text])) }
}

/**
 * @param text of a WSDL
 * @param name of another file
 */
function imports(text: string, name: string): boolean {
	return [...text.matchAll(/ocation\s*=\s*["']([^"']*)["']/g)].some(([, location]) => location!.split(/[/\\?=]/).at(-1) === name)
}

/**
 * Once a document is text, the encoding that it declares is not true any more, so the declaration goes.
 *
 * @param bytes of an XML document
 */
export function textOf(bytes: Uint8Array): string {
	const start = new TextDecoder('latin1').decode(bytes.slice(0, 200))
	const text = decoderFor(start).decode(bytes)
	return text.replace(/^\uFEFF?\s*<\?xml\s[^>]*\?>\s*/, '').replace(/^\uFEFF/, '')
}

/**
 * @param start of an XML document, a character for each byte
 */
function decoderFor(start: string): TextDecoder {
	if (/^(?:ÿþ|<\0)/.test(start)) {
		return new TextDecoder('utf-16le')
	}
	if (/^(?:þÿ|\0<)/.test(start)) {
		return new TextDecoder('utf-16be')
	}
	try {
		return new TextDecoder(/^[^<]*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/.exec(start)?.[1] ?? 'utf-8')
	} catch {
		return new TextDecoder('utf-8')
	}
}
