/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { OAuth2Authentication, OAuthClient } from '../../../api/authentication.ts'
import type { Authentication, NameValue } from '../../../api/types.ts'

import { t } from '../../../l10n.ts'
import { emptyClient, emptyGrant, emptyOAuth } from './oauth2/grants.ts'
import { emptyScheme } from './schemes.ts'

/** Something that a preset cannot know. */
export interface Missing {
	text: string
	isMissing: (authentication: Authentication) => boolean
}

/** The form as a well-known system wants it. */
export interface Preset {
	id: string
	label: string
	authentication: Authentication
	/** What is left to the administrator */
	missing: Missing[]
	/** Headers that the system expects besides */
	headers: NameValue[]
}

const TENANT = 'YOUR-TENANT'
const CLIENT_ID = 'YOUR-CLIENT-ID'
const GOOGLE_SCOPE = 'https://www.googleapis.com/auth/YOUR-SCOPE'

/** What the form can be filled in for. */
export function presets(): Preset[] {
	return [
		{
			id: 'zgw',
			label: t('open_connector', 'ZGW / OpenZaak (JWT)'),
			authentication: {
				...emptyScheme('jwt'),
				claims: json({ iss: CLIENT_ID, client_id: CLIENT_ID, user_id: 'openconnector', user_representation: 'OpenConnector' }),
			} as Authentication,
			missing: [
				holding('claims', CLIENT_ID, t('open_connector', 'Put the client id in place of {placeholder}, in both claims.', { placeholder: CLIENT_ID })),
				empty('secret', t('open_connector', 'Enter the secret that belongs to the client id.')),
			],
			headers: [{ name: 'Accept-Crs', value: 'EPSG:4326' }, { name: 'Content-Crs', value: 'EPSG:4326' }],
		},
		{
			id: 'nlgov',
			label: t('open_connector', 'NL GOV OAuth (private_key_jwt)'),
			authentication: oauth({ client: signedClient() }),
			missing: [provider(), clientId(), privateKey(), scope()],
			headers: [],
		},
		{
			id: 'entra-secret',
			label: t('open_connector', 'Microsoft Entra (secret)'),
			authentication: oauth({ ...entra(), client: emptyClient('client_secret_post') }),
			missing: [tenant(), clientId(), clientSecret()],
			headers: [],
		},
		{
			id: 'entra-certificate',
			label: t('open_connector', 'Microsoft Entra (certificate)'),
			authentication: oauth({ ...entra(), client: signedClient() }),
			missing: [
				tenant(),
				clientId(),
				privateKey(),
				{
					text: t('open_connector', 'Paste the certificate that was uploaded to Entra together with the key: its thumbprint names the key.'),
					isMissing: (value) => value.type === 'oauth2' && value.client.method === 'private_key_jwt' && value.client.key.certificate === '',
				},
			],
			headers: [],
		},
		{
			id: 'google',
			label: t('open_connector', 'Google service account'),
			authentication: oauth({
				grant: { ...emptyGrant('jwt_bearer'), claims: json({ scope: GOOGLE_SCOPE }), lifetimeSeconds: 3600 } as OAuth2Authentication['grant'],
				client: emptyClient('none'),
				tokenUrl: 'https://oauth2.googleapis.com/token',
			}),
			missing: [
				{
					text: t('open_connector', 'Paste the JSON file of the service account as the private key. It fills in the rest.'),
					isMissing: (value) => value.type === 'oauth2' && value.grant.type === 'jwt_bearer' && value.grant.key.privateKey === '',
				},
				{
					text: t('open_connector', 'Put the scopes in place of {placeholder} in the claims, separated by spaces.', { placeholder: GOOGLE_SCOPE }),
					isMissing: (value) => value.type === 'oauth2' && value.grant.type === 'jwt_bearer' && value.grant.claims.includes(GOOGLE_SCOPE),
				},
			],
			headers: [],
		},
		{
			id: 'github',
			label: t('open_connector', 'GitHub token'),
			authentication: emptyScheme('bearer'),
			missing: [empty('token', t('open_connector', 'Paste a personal access token: GitHub, Settings, Developer settings.'))],
			headers: [{ name: 'Accept', value: 'application/vnd.github+json' }, { name: 'X-GitHub-Api-Version', value: '2022-11-28' }],
		},
		{
			id: 'nextcloud',
			label: t('open_connector', 'Nextcloud app password'),
			authentication: emptyScheme('basic'),
			missing: [
				empty('username', t('open_connector', 'Enter the name that the account logs in with.')),
				empty('password', t('open_connector', 'Make an app password in that Nextcloud: Personal settings, Security, Devices & sessions.')),
			],
			headers: [{ name: 'OCS-APIRequest', value: 'true' }, { name: 'Accept', value: 'application/json' }],
		},
	]
}

/**
 * What is still left to the administrator.
 *
 * @param preset what the form was filled in for
 * @param authentication the form as it is now
 */
export function stillMissing(preset: Preset, authentication: Authentication): string[] {
	return preset.missing.filter(({ isMissing }) => isMissing(authentication)).map(({ text }) => text)
}

/**
 * The headers that a preset expects and that are not there.
 *
 * @param preset what the form was filled in for
 * @param headers those of the source
 */
export function missingHeaders(preset: Preset, headers: NameValue[]): NameValue[] {
	const present = new Set(headers.map(({ name }) => name.toLowerCase()))
	return preset.headers.filter(({ name }) => !present.has(name.toLowerCase()))
}

/**
 * @param changes what is not as usual
 */
function oauth(changes: Partial<OAuth2Authentication>): OAuth2Authentication {
	return { ...emptyOAuth(), ...changes }
}

/** RSA-PSS is what NL GOV and Microsoft recommend. */
function signedClient(): OAuthClient {
	return { ...emptyClient('private_key_jwt'), algorithm: 'PS256' } as OAuthClient
}

/** What both ways to log in at Microsoft share. */
function entra(): Partial<OAuth2Authentication> {
	return { tokenUrl: `https://login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`, scope: 'https://graph.microsoft.com/.default' }
}

/**
 * @param value claims
 */
function json(value: Record<string, string>): string {
	return JSON.stringify(value, null, 2)
}

/**
 * @param name of a member of the scheme
 * @param text what to do
 */
function empty(name: string, text: string): Missing {
	return { text, isMissing: (value) => member(value, name) === '' }
}

/**
 * @param name of a member of the scheme
 * @param placeholder what must not stay in it
 * @param text what to do
 */
function holding(name: string, placeholder: string, text: string): Missing {
	return { text, isMissing: (value) => member(value, name).includes(placeholder) }
}

/**
 * @param value a scheme
 * @param name of one of its members; what is none is not missing
 */
function member(value: Authentication, name: string): string {
	return String((value as unknown as Record<string, unknown>)[name] ?? '-')
}

/** Which directory of Microsoft it is. */
function tenant(): Missing {
	return holding('tokenUrl', TENANT, t('open_connector', 'Put the tenant id or its domain in place of {placeholder}.', { placeholder: TENANT }))
}

/** Where tokens come from. */
function provider(): Missing {
	return {
		text: t('open_connector', 'Enter the issuer or the token URL of the authorization server.'),
		isMissing: (value) => value.type === 'oauth2' && value.issuer === '' && value.tokenUrl === '',
	}
}

/** Who asks. */
function clientId(): Missing {
	return empty('clientId', t('open_connector', 'Enter the client id (application id).'))
}

/** Which access is wanted. */
function scope(): Missing {
	return empty('scope', t('open_connector', 'Enter the scope that the service is registered with.'))
}

/** The value of the secret, which is not its id. */
function clientSecret(): Missing {
	return {
		text: t('open_connector', 'Enter the client secret: its value, not its id.'),
		isMissing: (value) => value.type === 'oauth2' && 'secret' in value.client && value.client.secret === '',
	}
}

/** The key of which the provider knows the public half. */
function privateKey(): Missing {
	return {
		text: t('open_connector', 'Paste the private key, whose public half the provider knows.'),
		isMissing: (value) => value.type === 'oauth2' && value.client.method === 'private_key_jwt' && value.client.key.privateKey === '',
	}
}
