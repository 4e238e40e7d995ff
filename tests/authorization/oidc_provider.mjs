/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * npm's oidc-provider on a free port of the loopback, in memory. `provider.py` starts it.
 *
 * The first line of standard input is its configuration, as JSON, so that no secret stands in an argument or a file. The
 * first line of standard output is its URL. It ends when standard input does.
 */

import { randomBytes } from 'node:crypto'
import http from 'node:http'
import https from 'node:https'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

console.info = console.warn // standard output is for the URL

const { resolve } = createRequire(new URL('../../ex_app/ui/package.json', import.meta.url))
const { errors, Provider } = await import(pathToFileURL(resolve('oidc-provider')))
const { createLocalJWKSet, jwtVerify } = await import(pathToFileURL(resolve('jose')))

const lines = createInterface({ input: process.stdin })
const config = await new Promise((take) => lines.once('line', (line) => take(JSON.parse(line))))
lines.once('close', () => process.exit())

const server = config.tls
	? https.createServer({ ...config.tls, requestCert: true, rejectUnauthorized: false })
	: http.createServer()
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const issuer = `${config.tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`

const certificateOf = (ctx) => ctx.req.socket.getPeerX509Certificate?.()
const hashesOf = ['HS', 'RS', 'PS', 'ES'].flatMap((kind) => ['256', '384', '512'].map((bits) => kind + bits))

const provider = new Provider(issuer, {
	clients: config.clients,
	jwks: config.jwks,
	scopes: ['openid', 'offline_access', 'api:read', 'api:write'],
	clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'tls_client_auth', 'none'],
	enabledJWA: { clientAuthSigningAlgValues: [...hashesOf, 'EdDSA'] },
	extraClientMetadata: { properties: ['access_token_ttl', 'thumbprints'] },
	assertJwtClientAuthClaimsAndHeader,
	clockTolerance: 0,
	cookies: { keys: [randomBytes(16).toString('hex')] },
	findAccount: (_ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
	issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
	expiresWithSession: () => false,
	rotateRefreshToken: config.rotates,
	ttl: {
		AccessToken: lifetime,
		ClientCredentials: lifetime,
		RefreshToken: config.refreshTokenTtl,
		AuthorizationCode: 60,
		Grant: 86400,
		IdToken: 3600,
		Interaction: 600,
		Session: 86400,
	},
	features: {
		clientCredentials: { enabled: true },
		introspection: { enabled: true, allowedPolicy: () => true },
		revocation: { enabled: true },
		registration: { enabled: true, secretFactory: () => config.mark + randomBytes(32).toString('hex') },
		registrationManagement: { enabled: true, rotateRegistrationAccessToken: false },
		resourceIndicators: { enabled: true, getResourceServerInfo },
		mTLS: {
			enabled: true,
			tlsClientAuth: true,
			certificateBoundAccessTokens: true,
			getCertificate: (ctx) => certificateOf(ctx)?.toString(),
			certificateAuthorized: (ctx) => ctx.req.socket.authorized,
			certificateSubjectMatches,
		},
	},
})

// Opaque tokens begin with the mark that the search for leaks looks for. The id of a JWT is a claim, and anybody may see it.
for (const kind of ['AccessToken', 'AuthorizationCode', 'ClientCredentials', 'RefreshToken']) {
	const { prototype } = provider[kind]
	const generate = prototype.generateTokenId
	prototype.generateTokenId = function() {
		return (this.resourceServer ? '' : config.mark) + generate.call(this)
	}
}

function lifetime(_ctx, _token, client) {
	return client?.access_token_ttl ?? config.accessTokenTtl
}

/** Tokens for a resource are JWTs with its audience (RFC 8707, RFC 9068); all others are opaque. */
function getResourceServerInfo(_ctx, resource) {
	if (!Object.hasOwn(config.resources, resource)) {
		throw new errors.InvalidTarget()
	}
	return { accessTokenFormat: 'jwt', audience: resource, jwt: { sign: { alg: 'RS256' } }, ...config.resources[resource] }
}

/** Clients with thumbprints are known by them, as at Microsoft Entra: one must be in the header, and none may be wrong. */
function assertJwtClientAuthClaimsAndHeader(_ctx, _claims, header, client) {
	if (client.thumbprints) {
		const named = ['x5t', 'x5t#S256'].filter((name) => header[name] !== undefined)
		if (named.length === 0 || named.some((name) => header[name] !== client.thumbprints[name])) {
			throw new errors.InvalidClientAuth('the certificate that the assertion names is not registered')
		}
	}
}

/** RFC 8705, section 2.1.2. */
function certificateSubjectMatches(ctx, property, expected) {
	const certificate = certificateOf(ctx)
	switch (property) {
	case 'tls_client_auth_subject_dn':
		return certificate.subject.split('\n').reverse().join(',') === expected
	case 'tls_client_auth_san_dns':
		return certificate.checkHost(expected, { subject: 'never', wildcards: false }) !== undefined
	default:
		return false
	}
}

const publicKeys = createLocalJWKSet({ keys: config.jwks.keys.map(({ kty, kid, n, e }) => ({ kty, kid, n, e })) })

/** What is known of who holds a token that is good here: the provider finds it, or jose verifies it. */
async function holderOf(token) {
	if (token.split('.').length === 3) {
		const { payload } = await jwtVerify(token, publicKeys, { issuer, audience: config.audience, typ: 'at+jwt' })
		return { ...payload, format: 'jwt' }
	}
	const found = await provider.AccessToken.find(token) ?? await provider.ClientCredentials.find(token)
	if (!found?.isValid) {
		throw new errors.InvalidToken('access token not found')
	}
	const { aud, clientId, accountId, scope, exp } = found
	const cnf = found.isSenderConstrained() ? { 'x5t#S256': found['x5t#S256'] } : undefined
	return { aud, client_id: clientId, sub: accountId, scope, exp, cnf, format: 'opaque' }
}

provider.use(async (ctx, next) => {
	if (ctx.path !== '/resource') {
		return next()
	}
	const [, token] = /^Bearer (\S+)$/i.exec(ctx.get('authorization')) ?? []
	const refuse = (parameters) => {
		ctx.status = 401
		ctx.set('www-authenticate', `Bearer realm="${issuer}"${parameters}`)
		ctx.body = { error: 'invalid_token' }
	}
	if (!token) {
		return refuse('')
	}
	try {
		const holder = await holderOf(token)
		const thumbprint = certificateOf(ctx)?.fingerprint256.replaceAll(':', '')
		const bound = holder.cnf?.['x5t#S256']
		if (bound && Buffer.from(bound, 'base64url').toString('hex').toUpperCase() !== thumbprint) {
			throw new errors.InvalidToken('failed x5t#S256 verification')
		}
		ctx.body = holder
	} catch (error) {
		refuse(`, error="invalid_token", error_description="${error.error_description ?? error.code}"`)
	}
})

provider.on('server_error', (_ctx, error) => console.error(error))
server.on('request', provider.callback())
console.log(issuer)
