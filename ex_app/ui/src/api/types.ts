/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { components } from './schema.d.ts'

// Our names for the parts of the generated schema.
type Schemas = components['schemas']

export type Source = Schemas['SourceRead']
export type SourceType = Source['type']
export type SourceRow = Schemas['SourceHeader-Output']
export type Authentication = Source['authentication']
export type BasicAuthentication = Schemas['BasicAuthentication-Output']
export type BearerAuthentication = Schemas['BearerAuthentication']
export type ApiKeyAuthentication = Schemas['ApiKeyAuthentication-Output']
export type Connection = Source['connection']
export type LastCall = Schemas['LastCallRead']
/** What the Add Source dialog asks for; the rest has defaults. */
export type NewSource = Pick<Schemas['SourceCreate'], 'name' | 'location' | 'type'> & { description: string }

/** A header or query parameter, in the order in which it is sent. */
export type NameValue = Schemas['HeaderField']

export type TestRequest = Schemas['TestRequest']
export type Method = NonNullable<TestRequest['method']>
/** A call as the list of logs shows it. */
export type CallSummary = Schemas['CallSummary']
export type Call = Schemas['CallRead']
export type Outcome = Call['outcome']
export type Exchange = Schemas['ExchangeRead']
export type ReceivedResponse = Schemas['LoggedResponse']
export type Body = Schemas['Body']
export type Diagnosis = Schemas['Diagnosis']
export type RemedyLink = NonNullable<Schemas['Remedy']['link']>

export interface Page<T> {
	results: T[]
	total: number
	nextCursor: string | null
}

/** What is wrong with one field of the body (`pointer`) or of the query (`parameter`). */
export type FieldError = Schemas['ProblemField']
/** An RFC 9457 problem document; a version conflict brings what is stored along. */
export type ProblemDocument = Schemas['Problem'] & { current?: Source }
