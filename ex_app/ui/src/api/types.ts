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
export type Connection = Source['connection']
export type Proxy = NonNullable<Connection['proxy']>
export type Redirects = Connection['redirects']
/** How much of a source's rate limit is left, as far as it is known. */
export type RateState = Schemas['RateStateRead']
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
export type SentRequest = Schemas['LoggedRequest']
export type ReceivedResponse = Schemas['LoggedResponse']
/** A header or query parameter of a request, and who put it there. */
export type SentField = Schemas['SentField']
export type Origin = SentField['origin']
export type Timings = Schemas['TimingsRead']
/** What an exchange went through. */
export type ConnectionEvidence = Schemas['ConnectionRead']
export type Certificate = Schemas['CertificateRead']
export type Body = Schemas['Body']
export type Diagnosis = Schemas['Diagnosis']
export type Evidence = Schemas['Evidence']
export type Remedy = Schemas['Remedy']
export type RemedyLink = NonNullable<Remedy['link']>

/** A call that was made to test a source. */
export type TestCall = Schemas['TestRead']
export type Pagination = NonNullable<Source['pagination']>
export type PaginationProposal = Schemas['PaginationProposal']
export type PagesRead = Schemas['PagesRead']
export type CallProgress = Schemas['CallProgress']

export type VerifyRequest = Schemas['VerifyRequest']
export type Verification = Schemas['VerifyRead']
export type VerifyStep = Schemas['VerifyStep']

/** What administrators change for all sources. */
export type Settings = Schemas['SettingsRead']

export interface Page<T> {
	results: T[]
	total: number
	nextCursor: string | null
}

/** What is wrong with one field of the body (`pointer`) or of the query (`parameter`). */
export type FieldError = Schemas['ProblemField']
/** An RFC 9457 problem document; a version conflict brings what is stored along. */
export type ProblemDocument = Schemas['Problem'] & { current?: unknown }
