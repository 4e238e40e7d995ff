/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { ClientMethod, Grant, GrantType, KeyAlgorithm, OAuth2Authentication, OAuthClient, SigningKey } from '../../../../api/authentication.ts'

import { t } from '../../../../l10n.ts'

export const HMAC_ALGORITHMS = ['HS256', 'HS384', 'HS512'] as const
export const KEY_ALGORITHMS: KeyAlgorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA']

/** RFC 8693, section 3. */
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token'

/** The usual ones first. */
export function grantOptions(): { value: GrantType, label: string, help: string }[] {
	return [
		{ value: 'client_credentials', label: t('open_connector', 'Client credentials'), help: t('open_connector', 'This system asks for itself, with a client id and a secret or a key. The usual one.') },
		{ value: 'authorization_code', label: t('open_connector', 'Authorization code (log in once)'), help: t('open_connector', 'Somebody logs in at the provider once, and the access is renewed from then on. PKCE is always used.') },
		{ value: 'refresh_token', label: t('open_connector', 'Refresh token'), help: t('open_connector', 'You have a refresh token from elsewhere. Where the provider replaces it, the latest one is kept.') },
		{ value: 'jwt_bearer', label: t('open_connector', 'JWT bearer'), help: t('open_connector', 'A signed statement stands for the login. Google service accounts work this way.') },
		{ value: 'token_exchange', label: t('open_connector', 'Token exchange'), help: t('open_connector', 'A token of another system is exchanged for one of this.') },
		{ value: 'password', label: t('open_connector', 'Password'), help: t('open_connector', 'User name and password of an account are handed over for a token.') },
	]
}

/** What providers have to offer first. */
export function clientOptions(): { value: ClientMethod, label: string, help: string }[] {
	return [
		{ value: 'client_secret_basic', label: t('open_connector', 'client_secret_basic (secret in a header)'), help: t('open_connector', 'Id and secret are sent as Basic authentication. Every provider should take this.') },
		{ value: 'client_secret_post', label: t('open_connector', 'client_secret_post (secret in the form)'), help: t('open_connector', 'Id and secret are sent as fields of the token request. Many providers want this.') },
		{ value: 'client_secret_jwt', label: t('open_connector', 'client_secret_jwt (signed with the secret)'), help: t('open_connector', 'The secret itself is not sent, only a statement that is signed with it.') },
		{ value: 'private_key_jwt', label: t('open_connector', 'private_key_jwt (signed with a key)'), help: t('open_connector', 'The provider knows the public key or the certificate. NL GOV and Microsoft Entra (certificate) want this.') },
		{ value: 'tls_client_auth', label: t('open_connector', 'tls_client_auth (client certificate)'), help: t('open_connector', 'The client certificate below is shown to the token endpoint, too.') },
		{ value: 'none', label: t('open_connector', 'none (public client)'), help: t('open_connector', 'Only the client id is sent.') },
	]
}

/** Nothing entered yet. */
export function emptyKey(): SigningKey {
	return { privateKey: '', passphrase: '', certificate: '', kid: '', thumbprints: ['x5t', 'x5t#S256'] }
}

/** Nothing entered yet: what most systems ask for. */
export function emptyOAuth(): OAuth2Authentication {
	return {
		type: 'oauth2',
		grant: emptyGrant('client_credentials'),
		clientId: '',
		client: emptyClient('client_secret_basic'),
		issuer: '',
		tokenUrl: '',
		scope: '',
		audience: '',
		resource: [],
		extraParameters: [],
		extraHeaders: [],
		tokenLocation: 'access_token',
		in: 'header',
		name: 'Authorization',
		prefix: 'Bearer',
	}
}

/**
 * @param type which grant
 */
export function emptyGrant(type: GrantType): Grant {
	switch (type) {
		case 'client_credentials': return { type }
		case 'password': return { type, username: '', password: '' }
		case 'refresh_token': return { type, refreshToken: '' }
		case 'authorization_code': return { type, authorizationUrl: '', prompt: '' }
		case 'jwt_bearer': return { type, key: emptyKey(), algorithm: 'RS256', issuer: '', subject: '', audience: '', claims: '', lifetimeSeconds: 300 }
		case 'token_exchange': return { type, subjectToken: '', subjectTokenType: ACCESS_TOKEN, actorToken: '', actorTokenType: ACCESS_TOKEN, requestedTokenType: '' }
	}
}

/**
 * @param method how the client proves who it is
 */
export function emptyClient(method: ClientMethod): OAuthClient {
	switch (method) {
		case 'none':
		case 'tls_client_auth': return { method }
		case 'client_secret_basic':
		case 'client_secret_post': return { method, secret: '' }
		case 'client_secret_jwt': return { method, secret: '', algorithm: 'HS256', audience: '', lifetimeSeconds: 120 }
		case 'private_key_jwt': return { method, key: emptyKey(), algorithm: 'RS256', audience: '', lifetimeSeconds: 120 }
	}
}

/** What was entered for one grant or client method and has the same name in another one, which takes it over. */
export class PartMemory {
	private readonly fields: Record<string, unknown> = {}

	/**
	 * @param stored what is stored, if it is of OAuth: it comes back first
	 */
	constructor(stored: object = {}) {
		Object.assign(this.fields, stored)
	}

	/**
	 * @param current what was entered so far
	 */
	keep(current: object): void {
		Object.assign(this.fields, current)
	}

	/**
	 * @param empty what is wanted, with nothing entered yet; its first member tells which it is
	 */
	fill<T extends object>(empty: T): T {
		const [kind, ...names] = Object.keys(empty)
		const known = names.filter((name) => name in this.fields && fits(name, this.fields[name], empty[name as keyof T]))
		return { ...empty, ...Object.fromEntries(known.map((name) => [name, this.fields[name]])), [kind!]: empty[kind as keyof T] }
	}
}

/**
 * A key cannot sign with the algorithms of a shared secret, nor the other way round.
 *
 * @param name of the field
 * @param value what was entered
 * @param usual what stands there otherwise
 */
function fits(name: string, value: unknown, usual: unknown): boolean {
	return name !== 'algorithm' || String(value).startsWith('HS') === String(usual).startsWith('HS')
}
