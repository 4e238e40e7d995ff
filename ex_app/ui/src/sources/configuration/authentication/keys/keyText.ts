/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

/** What a Google service account's file holds, as far as forms are filled from it. */
export interface ServiceAccountFile {
	privateKey: string
	privateKeyId: string
	clientEmail: string
	tokenUri: string
}

const BLOCK = /-----BEGIN ([A-Z0-9# ]+)-----[\s\S]*?-----END \1-----/g
const CERTIFICATE = /CERTIFICATE(?! REQUEST)|PKCS ?#?7|^CMS$/

/** Formats of certificates alone, by the ends of their names; what is not text in them is DER. */
const DER_LABELS: Record<string, string> = { cer: 'CERTIFICATE', crt: 'CERTIFICATE', der: 'CERTIFICATE', p7b: 'PKCS7', p7c: 'PKCS7' }

/**
 * Certificates are public and keys are not, so they go to different fields even if somebody pastes them together.
 *
 * @param text what was pasted
 */
export function splitPem(text: string): { certificates: string, rest: string } {
	const certificates = [...text.matchAll(BLOCK)].filter(([, label]) => CERTIFICATE.test(label!)).map(([block]) => block)
	// What stands around the blocks, such as "Bag Attributes", says nothing that is needed.
	const rest = certificates.reduce((left, block) => left.replace(block, ''), text)
	return { certificates: certificates.join('\n'), rest: /-----BEGIN /.test(rest) || certificates.length === 0 ? rest.trim() : '' }
}

/**
 * Whether a passphrase is needed, as far as one can see it without opening anything.
 *
 * @param text what was pasted
 */
export function looksEncrypted(text: string): boolean {
	return /BEGIN ENCRYPTED PRIVATE KEY|Proc-Type: 4,\s*ENCRYPTED/.test(text) || isBinary(text)
}

/**
 * A file that is no text came in base64; a PKCS#12 file, usually.
 *
 * @param text what was pasted
 */
export function isBinary(text: string): boolean {
	const packed = text.trim()
	return packed.length >= 64 && /^[A-Za-z0-9+/\s]+={0,2}$/.test(packed) && !packed.includes('-----')
}

/**
 * @param text what was pasted
 * @return null when it is something else
 */
export function serviceAccountOf(text: string): ServiceAccountFile | null {
	if (!text.trimStart().startsWith('{')) {
		return null
	}
	try {
		const file = JSON.parse(text) as Record<string, unknown>
		const { type, private_key: privateKey, private_key_id: privateKeyId, client_email: clientEmail, token_uri: tokenUri } = file
		return type === 'service_account' && typeof privateKey === 'string'
			? { privateKey, privateKeyId: String(privateKeyId ?? ''), clientEmail: String(clientEmail ?? ''), tokenUri: String(tokenUri ?? '') }
			: null
	} catch {
		return null
	}
}

/**
 * A file as a text field can hold it: text as it is, certificates as PEM, everything else in base64.
 *
 * @param name of the file
 * @param bytes its content
 */
export function textOfFile(name: string, bytes: Uint8Array): string {
	const text = new TextDecoder('utf-8').decode(bytes)
	if (/-----BEGIN |^\s*\{|^PuTTY-User-Key-File/.test(text)) {
		return text.trim()
	}
	const base64 = toBase64(bytes)
	const label = DER_LABELS[name.split('.').at(-1)?.toLowerCase() ?? '']
	return label ? `-----BEGIN ${label}-----\n${base64.match(/.{1,64}/g)?.join('\n')}\n-----END ${label}-----` : base64
}

/**
 * @param bytes of a file
 */
function toBase64(bytes: Uint8Array): string {
	return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
