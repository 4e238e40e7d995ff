/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LogQuery } from '../../api/logs.ts'
import type { components } from '../../api/schema.d.ts'

import { request, segment } from '../../api/client.ts'

type Schemas = components['schemas']

export type Neighbours = Schemas['Neighbours']
/** A request as a command for a shell. */
export type Curl = Schemas['Curl']

/**
 * The calls before and after one.
 *
 * @param id the call's id
 * @param query the filters of the list
 * @param signal gives up
 */
export function readNeighbours(id: string, query: LogQuery, signal?: AbortSignal): Promise<Neighbours> {
	return request('GET', `logs/${segment(id)}/neighbours`, { query: { ...query }, signal })
}

/**
 * One request of a call as a command, with variables in the place of secrets.
 *
 * @param id the call's id
 * @param position of the exchange
 * @param signal gives up
 */
export function readCurl(id: string, position: number, signal?: AbortSignal): Promise<Curl> {
	return request('GET', `logs/${segment(id)}/curl`, { query: { position }, signal })
}

/**
 * A call as HAR 1.2.
 *
 * @param id the call's id
 */
export function readHar(id: string): Promise<object> {
	return request('GET', `logs/${segment(id)}/har`)
}
