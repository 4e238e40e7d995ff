/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Call, Exchange, ReceivedResponse } from '../api/types.ts'

/**
 * The exchange that ended the call: the last one, after redirects and the like.
 *
 * @param call a call that has ended
 */
export function finalExchange(call: Call): Exchange | null {
	return call.exchanges.at(-1) ?? null
}

/**
 * What the caller got to see, if anything.
 *
 * @param call a call that has ended
 */
export function finalResponse(call: Call): ReceivedResponse | null {
	return finalExchange(call)?.response ?? null
}
