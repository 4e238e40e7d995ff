/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

/** Request headers that one is likely to type. */
export const COMMON_HEADERS = [
	'Accept',
	'Accept-Charset',
	'Accept-Crs',
	'Accept-Encoding',
	'Accept-Language',
	'Cache-Control',
	'Content-Crs',
	'Content-Type',
	'Cookie',
	'If-Match',
	'If-Modified-Since',
	'If-None-Match',
	'Origin',
	'Prefer',
	'Referer',
	'User-Agent',
	'X-API-Key',
	'X-Request-ID',
]
