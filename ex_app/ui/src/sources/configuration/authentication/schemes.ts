/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { SchemeType } from '../../../api/authentication.ts'
import type { Authentication } from '../../../api/types.ts'
import type { FileScheme } from '../../sourceTypes.ts'

import { MASK } from '../../../api/mask.ts'
import { t } from '../../../l10n.ts'
import { emptyOAuth } from './oauth2/grants.ts'

export interface SchemeOption {
	value: SchemeType
	label: string
	/** One line about what it is, and when one needs it */
	help: string
	group?: string
}

/** What there is to choose from, the usual ones first. */
export function schemes(): SchemeOption[] {
	const fixed = t('open_connector', 'Sent as they are')
	const made = t('open_connector', 'Tokens that end')
	const asked = t('open_connector', 'Answers to a challenge')
	const signed = t('open_connector', 'Signatures over the request')
	return [
		{ value: 'none', label: t('open_connector', 'None'), help: t('open_connector', 'Calls are sent without credentials.') },
		{ value: 'basic', group: fixed, label: t('open_connector', 'Basic'), help: t('open_connector', 'A user name and a password, sent with every call.') },
		{ value: 'bearer', group: fixed, label: t('open_connector', 'Bearer token'), help: t('open_connector', 'A token that the other system gave you, sent in the Authorization header.') },
		{ value: 'apiKey', group: fixed, label: t('open_connector', 'API key'), help: t('open_connector', 'A key in a header, a query parameter or a cookie of your choice.') },
		{ value: 'oauth2', group: made, label: t('open_connector', 'OAuth 2.0'), help: t('open_connector', 'A token is fetched from an authorization server, kept, renewed in time, and sent with every call.') },
		{ value: 'jwt', group: made, label: t('open_connector', 'Self-issued JWT'), help: t('open_connector', 'A token that is made and signed here for every call, as the ZGW standard wants it.') },
		{ value: 'digest', group: asked, label: t('open_connector', 'Digest'), help: t('open_connector', 'A user name and a password, of which only a hash is sent. For systems whose 401 says “Digest”.') },
		{ value: 'ntlm', group: asked, label: t('open_connector', 'NTLM / Negotiate'), help: t('open_connector', 'A Windows account. For systems whose 401 says “NTLM” or “Negotiate”, such as IIS and SharePoint.') },
		{ value: 'awsSigV4', group: signed, label: t('open_connector', 'AWS Signature v4'), help: t('open_connector', 'An access key and a secret key. For AWS, and for storage that is compatible with S3.') },
		{ value: 'hmac', group: signed, label: t('open_connector', 'HMAC signature'), help: t('open_connector', 'A hash with a shared secret over parts of the request, as the other system describes it.') },
	]
}

/**
 * What a file server may be asked with.
 *
 * @param protocol how it is spoken to; null while its location does not say
 */
export function fileSchemes(protocol: FileScheme | null): SchemeOption[] {
	const isSsh = protocol === 'sftp'
	return [
		{ value: 'none', label: t('open_connector', 'None'), help: isSsh ? t('open_connector', 'Few servers let anybody in without a password or a key.') : t('open_connector', 'The login is “anonymous”.') },
		{ value: 'basic', label: t('open_connector', 'User name and password'), help: t('open_connector', 'An account on the server.') },
		...(isSsh || protocol === null ? [{ value: 'ssh_key' as const, label: t('open_connector', 'SSH key'), help: t('open_connector', 'A private key of which the server knows the public half. For sftp:// only.') }] : []),
	]
}

/**
 * @param type any scheme
 */
export function schemeName(type: SchemeType): string {
	return [...schemes(), ...fileSchemes('sftp')].find(({ value }) => value === type)!.label
}

/**
 * A scheme with nothing entered yet.
 *
 * @param type which scheme
 */
export function emptyScheme(type: SchemeType): Authentication {
	switch (type) {
		case 'none': return { type }
		case 'basic':
		case 'digest': return { type, username: '', password: '' }
		case 'bearer': return { type, token: '' }
		case 'apiKey': return { type, in: 'header', name: 'X-API-Key', value: '', prefix: '' }
		case 'oauth2': return emptyOAuth()
		case 'jwt': return {
			type,
			algorithm: 'HS256',
			secret: '',
			secretEncoding: 'text',
			key: null,
			headerParameters: '',
			claims: '',
			lifetimeSeconds: 300,
			includeJti: true,
			includeNbf: false,
			in: 'header',
			name: '',
			prefix: 'Bearer',
		}
		case 'ntlm': return { type, protocol: 'negotiate', username: '', password: '', domain: '', workstation: '' }
		case 'awsSigV4': return { type, accessKeyId: '', secretAccessKey: '', sessionToken: '', region: '', service: '', unsignedPayload: false }
		case 'ssh_key': return { type, username: '', privateKey: '', passphrase: '', publicKey: '', fingerprint: '' }
		case 'hmac': return {
			type,
			secret: '',
			secretEncoding: 'text',
			algorithm: 'sha256',
			encoding: 'hex',
			keyId: '',
			parts: ['timestamp', 'method', 'pathAndQuery', 'body'],
			separator: '\\n',
			header: 'X-Signature',
			template: '{signature}',
			timestampHeader: 'X-Timestamp',
			timestampFormat: 'unix',
			nonceHeader: '',
			bodyHashHeader: '',
		}
	}
}

/**
 * The account goes along to another scheme. What is stored cannot: it was entered for the former one.
 *
 * @param from what was entered so far
 * @param into a scheme with nothing entered yet
 */
function withAccount(from: Authentication, into: Authentication): Authentication {
	if (!('username' in from && 'username' in into)) {
		return into
	}
	const password = 'password' in from && from.password !== MASK ? from.password : ''
	return { ...into, username: from.username, ...('password' in into ? { password } : {}) } as Authentication
}

/** The schemes between which somebody goes back and forth: none of them loses what was entered. */
export class SchemeMemory {
	private readonly left = new Map<SchemeType, Authentication>()

	/**
	 * @param current what was entered so far
	 * @param type which scheme is wanted
	 * @param stored what is stored: its scheme comes back as it is
	 * @return the wanted scheme as it was left, as it is stored, or empty
	 */
	change(current: Authentication, type: SchemeType, stored: Authentication): Authentication {
		this.left.set(current.type, current)
		return this.left.get(type) ?? (stored.type === type ? copyOf(stored) : withAccount(current, emptyScheme(type)))
	}

	/** What was discarded or stored shall not come back. */
	forget(): void {
		this.left.clear()
	}
}

/**
 * A copy that can be edited without touching the original. It holds what JSON can hold.
 *
 * @param value a part of a source
 */
export function copyOf<T>(value: T): T {
	return JSON.parse(JSON.stringify(value)) as T
}
