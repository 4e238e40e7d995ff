/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { components } from './schema.d.ts'
import type { Authentication, Connection } from './types.ts'

// Our names for the schemes and for the parts of them. They follow from the union, whatever its members are called.
type Schemas = components['schemas']
type OfType<T extends Authentication['type']> = Extract<Authentication, { type: T }>

export type SchemeType = Authentication['type']
export type BasicAuthentication = OfType<'basic'>
export type BearerAuthentication = OfType<'bearer'>
export type ApiKeyAuthentication = OfType<'apiKey'>
export type DigestAuthentication = OfType<'digest'>
export type NtlmAuthentication = OfType<'ntlm'>
export type AwsAuthentication = OfType<'awsSigV4'>
export type HmacAuthentication = OfType<'hmac'>
export type JwtAuthentication = OfType<'jwt'>
export type OAuth2Authentication = OfType<'oauth2'>
export type SshKeyAuthentication = OfType<'ssh_key'>

export type Grant = OAuth2Authentication['grant']
export type GrantType = Grant['type']
export type GrantOf<T extends GrantType> = Extract<Grant, { type: T }>
/** How a client proves who it is at the token endpoint. */
export type OAuthClient = OAuth2Authentication['client']
export type ClientMethod = OAuthClient['method']
export type ClientOf<T extends ClientMethod> = Extract<OAuthClient, { method: T }>
/** A private key that signs assertions and JWTs. */
export type SigningKey = ClientOf<'private_key_jwt'>['key']
export type KeyAlgorithm = ClientOf<'private_key_jwt'>['algorithm']
export type JwtAlgorithm = JwtAuthentication['algorithm']
export type ClientCertificate = NonNullable<Connection['clientCertificate']>

/** What is known of a token that is kept; never the token itself. */
export type Token = Schemas['TokenRead']
export type TokenFetched = Schemas['TokenFetched']
export type AuthorizationStarted = Schemas['AuthorizationStarted']
export type AuthorizationReturn = Schemas['AuthorizationReturn']
/** What came of a login. */
export type Login = Schemas['AuthorizationRead']

/** What a pasted key or certificate turned out to be, as far as it is public. */
export type Inspection = Schemas['Inspection']
export type KeyFacts = Schemas['KeyRead']
export type PastedCertificate = Schemas['PastedCertificate']

export type SourceWarning = Schemas['SourceWarning']
export type TemplateText = Schemas['TemplateText']
/** A text with its placeholders filled in, or why they cannot be. */
export type Preview = Schemas['TemplatePreview']
