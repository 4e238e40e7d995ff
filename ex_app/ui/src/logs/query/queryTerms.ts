/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { t } from '../../l10n.ts'

/** The language of the queries by examples, in the order in which one needs them. */
export function queryTerms(): { example: string, meaning: string }[] {
	return [
		{ example: 'timeout', meaning: t('open_connector', 'Calls with this word in their URL, headers, bodies, error or diagnosis') },
		{ example: '"connection reset"', meaning: t('open_connector', 'Calls with these words, one behind the other') },
		{ example: 'status:404,5xx', meaning: t('open_connector', 'A status or a class of them; success, error, or none when nothing came back') },
		{ example: 'source:crm', meaning: t('open_connector', 'Calls to a source, by its slug, id or name') },
		{ example: 'method:POST', meaning: t('open_connector', 'Requests of a method') },
		{ example: 'path:/orders', meaning: t('open_connector', 'A path and everything below it') },
		{ example: 'host:api.example', meaning: t('open_connector', 'Calls to a host') },
		{ example: 'duration:>2s', meaning: t('open_connector', 'How long calls took; also <=250ms and 1s..5s') },
		{ example: 'size:>1MB', meaning: t('open_connector', 'How large the response was; also 10KB..1MB') },
		{ example: 'last:24h', meaning: t('open_connector', 'Started in this time: 30m, 24h, 7d, 2w') },
		{ example: 'since:2026-11-23 until:2026-11-24T12:00Z', meaning: t('open_connector', 'Started between two moments; without a zone they are in UTC') },
		{ example: 'outcome:transport_error', meaning: t('open_connector', 'success, http_error, transport_error, auth_error or refused') },
		{ example: 'error:read_timeout', meaning: t('open_connector', 'The type of the error') },
		{ example: 'trigger:job:nightly', meaning: t('open_connector', 'Who asked for the call, and its id') },
		{ example: 'triggerId:nightly', meaning: t('open_connector', 'The id of whoever asked') },
		{ example: 'user:admin', meaning: t('open_connector', 'The Nextcloud user') },
		{ example: '$.error.code=42', meaning: t('open_connector', 'A value in a JSON body; also !=, <, <=, >, >=, and ~ for “contains”') },
		{ example: '$.items[*].id', meaning: t('open_connector', 'A JSON body that has this at all') },
		{ example: 'is:pinned', meaning: t('open_connector', 'Kept for ever; also is:error and is:success') },
		{ example: 'id:0190a5d0-…', meaning: t('open_connector', 'One call by its id') },
	]
}
