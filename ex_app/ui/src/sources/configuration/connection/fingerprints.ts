/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Call, Certificate } from '../../../api/types.ts'

import { fingerprintWords } from '../../../calls/certificates.ts'

/** SHA-256, in hexadecimal digits. */
const DIGITS = 64
/** What `openssl x509 -fingerprint` and browsers put before the digits. */
const PREFIX = /^sha-?256(?:\s+fingerprint)?\s*[:=]\s*/i

/**
 * The fingerprints in a text, one on each line, as the server stores them. What is none stays as it is.
 *
 * @param text what was typed or pasted
 */
export function fingerprintsOf(text: string): string[] {
	return text.split(/[\n,;]+/)
		.map((line) => line.trim().replace(PREFIX, '').replaceAll(/[\s:]/g, '').toLowerCase())
		.filter((digits) => digits !== '')
}

/**
 * @param fingerprints as they are stored
 */
export function fingerprintsText(fingerprints: string[]): string {
	return fingerprints.map((one) => isFingerprint(one) ? fingerprintWords(one) : one).join('\n')
}

/**
 * @param text without separators
 */
export function isFingerprint(text: string): boolean {
	return text.length === DIGITS && /^[\da-f]+$/.test(text)
}

/**
 * The certificate that the host of a source showed last in a call; one of a login server or of where a redirect led is not asked for.
 *
 * @param call with its exchanges
 * @param location of the source
 */
export function shownCertificate(call: Call, location: string): Certificate | null {
	const shown = call.exchanges.findLast(({ request, connection }) => connection?.tls?.chain.length && hostOf(request.url) === hostOf(location))
	return shown?.connection?.tls?.chain[0] ?? null
}

/**
 * @param url with its scheme
 */
function hostOf(url: string): string {
	return URL.canParse(url) ? new URL(url).host : url
}
