/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { components } from '../api/schema.d.ts'

import { request, segment } from '../api/client.ts'

type Schemas = components['schemas']

export type Comparison = Schemas['Comparison']
export type BodyComparison = Schemas['BodyComparison']
/** One place of two calls. */
export type Difference = Schemas['Difference']
export type Change = Difference['change']

/**
 * What is different in one entry of the log from another one.
 *
 * @param id the entry
 * @param base what it is compared with; null: the previous success of the same request
 * @param ignore what is left out, comma separated
 * @param signal gives up
 */
export function compareEntries(id: string, base: string | null, ignore: string, signal?: AbortSignal): Promise<Comparison> {
	// Without the parameter the server leaves out what it leaves out by default; an empty list goes as one that names nothing.
	return request('GET', `logs/${segment(id)}/comparison`, { query: { base, ignore: ignore.trim() || ',' }, signal })
}
