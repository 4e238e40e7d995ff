/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LogQuery } from './logs.ts'
import type { components } from './schema.d.ts'

import { request } from './client.ts'

type Schemas = components['schemas']

export type Statistics = Schemas['Statistics']
export type StatisticsPoint = Schemas['StatisticsPoint']
export type Latency = Schemas['Latency']
export type Uptime = Schemas['Uptime']
export type UptimeDay = Schemas['UptimeDay']

/**
 * The calls of a time in numbers; without a time, of the last 24 hours.
 *
 * @param query the filters of the list
 * @param bars at most so many points
 * @param signal gives up
 */
export function readStatistics(query: LogQuery, bars: number, signal?: AbortSignal): Promise<Statistics> {
	return request('GET', 'logs/statistics', { query: { ...query, bars }, signal })
}

/**
 * How a source did, day by day.
 *
 * @param sourceId id of the source
 * @param days how many, up to today
 * @param signal gives up
 */
export function readUptime(sourceId: string, days: number, signal?: AbortSignal): Promise<Uptime> {
	return request('GET', 'logs/uptime', { query: { source: sourceId, days }, signal })
}
