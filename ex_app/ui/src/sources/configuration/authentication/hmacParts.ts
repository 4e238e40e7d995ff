/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { t } from '../../../l10n.ts'

/** What can be signed; `header` and `text` go on behind a colon. */
export const PART_KINDS = [
	'method',
	'path',
	'query',
	'pathAndQuery',
	'url',
	'host',
	'timestamp',
	'nonce',
	'keyId',
	'body',
	'bodyHash',
	'bodyHashHex',
	'header',
	'text',
] as const
export type PartKind = typeof PART_KINDS[number]

/**
 * @param kind what is signed
 */
export function partName(kind: PartKind): string {
	switch (kind) {
		case 'method': return t('open_connector', 'Method')
		case 'path': return t('open_connector', 'Path')
		case 'query': return t('open_connector', 'Query string')
		case 'pathAndQuery': return t('open_connector', 'Path and query')
		case 'url': return t('open_connector', 'Whole URL')
		case 'host': return t('open_connector', 'Host')
		case 'timestamp': return t('open_connector', 'Timestamp')
		case 'nonce': return t('open_connector', 'Nonce')
		case 'keyId': return t('open_connector', 'Key id')
		case 'body': return t('open_connector', 'Body')
		case 'bodyHash': return t('open_connector', 'Hash of the body')
		case 'bodyHashHex': return t('open_connector', 'Hash of the body, in hex')
		case 'header': return t('open_connector', 'A header …')
		case 'text': return t('open_connector', 'A text …')
	}
}

/**
 * @param part as it is stored: "timestamp", "header:Date", "text:v0"
 */
export function takePart(part: string): { kind: PartKind, detail: string } {
	const [kind, ...rest] = part.split(':')
	return { kind: kind as PartKind, detail: rest.join(':') }
}

/**
 * @param kind what is signed
 * @param detail name of the header, or the text
 */
export function toPart(kind: PartKind, detail: string): string {
	return kind === 'header' || kind === 'text' ? `${kind}:${detail}` : kind
}

/**
 * What will be signed, as a text in which the parts have their names: "‹Timestamp›.‹Body›".
 *
 * @param parts in their order
 * @param separator as it is stored, in which \n is two characters
 */
export function signedText(parts: string[], separator: string): string {
	const between = separator.replaceAll(/\\([nrt\\])/g, (_, letter: string) => ({ n: '\n', r: '\r', t: '\t' })[letter] ?? '\\')
	return parts.map((part) => {
		const { kind, detail } = takePart(part)
		return kind === 'text' ? detail : `‹${kind === 'header' ? detail : partName(kind)}›`
	}).join(between)
}
