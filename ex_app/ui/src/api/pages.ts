/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { CallProgress, PaginationProposal } from './types.ts'

import { request, segment } from './client.ts'

/**
 * How the answer of a logged call seems to go on, the likeliest first.
 *
 * @param logId its log entry
 * @param signal gives up
 */
export async function readProposals(logId: string, signal?: AbortSignal): Promise<PaginationProposal[]> {
	return (await request<{ proposals: PaginationProposal[] }>('GET', `logs/${segment(logId)}/pagination`, { signal })).proposals
}

/**
 * How far a running call has come.
 *
 * @param callId the id that was sent with it
 */
export function readProgress(callId: string): Promise<CallProgress> {
	return request('GET', `calls/${segment(callId)}`)
}
