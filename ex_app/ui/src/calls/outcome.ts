/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mdiAlert, mdiArrowRightCircle, mdiCancel, mdiCheckCircle, mdiCircleOutline, mdiCloseOctagon, mdiHelpCircle, mdiLockAlert } from '@mdi/js'
import { t } from '../l10n.ts'

export type Tone = 'success' | 'info' | 'warning' | 'error' | 'neutral'

/** How a call's end looks: never by colour alone, the shape and the words say it too. */
export interface Badge {
	tone: Tone
	icon: string
	/** Short, for tables: "200" or "Name not resolved" */
	short: string
	/** With the reason: "200 OK" */
	long: string
}

interface Ended {
	statusCode: number | null
	reason?: string | null
	outcome: string
	errorType: string | null
	/** Where it went, if that is known */
	url?: string
}

/** The standard's words, for servers that speak HTTP/2 and send none. */
const REASONS: Record<number, string> = {
	200: 'OK',
	201: 'Created',
	202: 'Accepted',
	204: 'No Content',
	206: 'Partial Content',
	301: 'Moved Permanently',
	302: 'Found',
	303: 'See Other',
	304: 'Not Modified',
	307: 'Temporary Redirect',
	308: 'Permanent Redirect',
	400: 'Bad Request',
	401: 'Unauthorized',
	403: 'Forbidden',
	404: 'Not Found',
	405: 'Method Not Allowed',
	406: 'Not Acceptable',
	408: 'Request Timeout',
	409: 'Conflict',
	410: 'Gone',
	415: 'Unsupported Media Type',
	422: 'Unprocessable Content',
	429: 'Too Many Requests',
	500: 'Internal Server Error',
	501: 'Not Implemented',
	502: 'Bad Gateway',
	503: 'Service Unavailable',
	504: 'Gateway Timeout',
}

/**
 * @param call a call that has ended, or null when there was none yet
 * @param isFile the source is a file server, whose codes are not those of HTTP
 */
export function badgeOf(call: Ended | null, isFile = isFileCall(call)): Badge {
	if (call === null) {
		const label = t('open_connector', 'never called')
		return { tone: 'neutral', icon: mdiCircleOutline, short: label, long: label }
	}
	if (call.statusCode === null) {
		const label = errorWords(call.errorType) ?? outcomeWords(call.outcome)
		return { ...failureLook(call), short: label, long: label }
	}
	const look = statusLook(call.statusCode, call.outcome)
	if (isFile) {
		return { ...look, ...fileWords(call) }
	}
	const reason = call.reason || REASONS[call.statusCode] || ''
	return { ...look, short: String(call.statusCode), long: `${call.statusCode} ${reason}`.trim() }
}

/**
 * @param call a call that has ended
 */
function isFileCall(call: Ended | null): boolean {
	return /^(?:s?ftp|ftpe?s):/.test(call?.url ?? '')
}

/**
 * Few know that 226 is good, and that 0 is: the outcome goes first, and the code of the server stands beside it.
 *
 * @param call a call to a file server that has answered
 */
function fileWords(call: Ended): Pick<Badge, 'short' | 'long'> {
	const failed = errorWords(call.errorType) ?? (call.outcome === 'http_error' ? t('open_connector', 'Failed') : outcomeWords(call.outcome))
	const outcome = call.outcome === 'success' ? outcomeWords('success') : failed
	const short = `${outcome} · ${call.statusCode}`
	return { short, long: `${short} ${call.reason ?? ''}`.trim() }
}

/**
 * By the outcome, because the same number is good with one protocol and bad with another.
 *
 * @param status what the other side sent
 * @param outcome what it means for the call
 */
function statusLook(status: number, outcome: string): Pick<Badge, 'tone' | 'icon'> {
	switch (outcome) {
		case 'success': return status >= 300 && status < 400
			? { tone: 'info', icon: mdiArrowRightCircle }
			: { tone: 'success', icon: mdiCheckCircle }
		case 'auth_error': return { tone: 'error', icon: mdiLockAlert }
		case 'refused': return { tone: 'warning', icon: mdiCancel }
		case 'http_error': return { tone: 'error', icon: status >= 500 ? mdiCloseOctagon : mdiAlert }
		case 'transport_error': return { tone: 'error', icon: mdiCloseOctagon }
		default: return { tone: 'warning', icon: mdiHelpCircle }
	}
}

/**
 * @param call a call without an answer
 */
function failureLook(call: Ended): Pick<Badge, 'tone' | 'icon'> {
	if (call.outcome === 'refused' || call.errorType === 'cancelled') {
		return { tone: 'warning', icon: mdiCancel }
	}
	return { tone: 'error', icon: call.outcome === 'auth_error' ? mdiLockAlert : mdiCloseOctagon }
}

/**
 * @param outcome how a call ended
 */
export function outcomeWords(outcome: string): string {
	switch (outcome) {
		case 'success': return t('open_connector', 'Success')
		case 'http_error': return t('open_connector', 'HTTP error')
		case 'transport_error': return t('open_connector', 'No answer')
		case 'auth_error': return t('open_connector', 'Not authenticated')
		case 'refused': return t('open_connector', 'Refused')
		default: return sentence(outcome)
	}
}

/**
 * @param errorType the engine's name of an error
 */
export function errorWords(errorType: string | null): string | null {
	switch (errorType) {
		case null: return null
		case 'name_not_resolved': return t('open_connector', 'Name not resolved')
		case 'connection_refused': return t('open_connector', 'Connection refused')
		case 'host_unreachable': return t('open_connector', 'Host unreachable')
		case 'connect_timeout': return t('open_connector', 'Connect timeout')
		case 'read_timeout': return t('open_connector', 'Read timeout')
		case 'total_timeout': return t('open_connector', 'Total timeout')
		case 'tls_certificate_expired': return t('open_connector', 'Certificate expired')
		case 'tls_certificate_untrusted': return t('open_connector', 'Certificate not trusted')
		case 'tls_name_mismatch': return t('open_connector', 'Certificate of another name')
		case 'tls_certificate_not_yet_valid': return t('open_connector', 'Certificate not yet valid')
		case 'tls_certificate_self_signed': return t('open_connector', 'Certificate self-signed')
		case 'tls_client_certificate_required': return t('open_connector', 'Client certificate required')
		case 'tls_protocol_mismatch': return t('open_connector', 'No common TLS version')
		case 'tls_not_spoken': return t('open_connector', 'TLS not spoken')
		case 'tls_expected': return t('open_connector', 'TLS expected')
		case 'tls_timeout': return t('open_connector', 'TLS timeout')
		case 'tls_error': return t('open_connector', 'TLS error')
		case 'dns_timeout': return t('open_connector', 'DNS timeout')
		case 'http2_error': return t('open_connector', 'HTTP/2 error')
		case 'egress_denied': return t('open_connector', 'Address not allowed')
		case 'rate_limited': return t('open_connector', 'Rate limit reached')
		case 'connection_reset': return t('open_connector', 'Connection reset')
		case 'protocol_error': return t('open_connector', 'Protocol error')
		case 'cancelled': return t('open_connector', 'Cancelled')
		case 'source_disabled': return t('open_connector', 'Source disabled')
		case 'file_permission_denied': return t('open_connector', 'Permission denied')
		case 'file_exists': return t('open_connector', 'Already there')
		case 'file_not_a_directory': return t('open_connector', 'Not a folder')
		case 'file_is_a_directory': return t('open_connector', 'Is a folder')
		case 'file_directory_not_empty': return t('open_connector', 'Folder not empty')
		case 'file_no_space': return t('open_connector', 'No space left')
		case 'file_path_leaves_root': return t('open_connector', 'Outside of the location')
		case 'file_operation_unsupported': return t('open_connector', 'Not supported')
		case 'file_error': return t('open_connector', 'Failed')
		case 'tls_required': return t('open_connector', 'TLS required')
		default: return sentence(errorType)
	}
}

/**
 * A readable form of a name that we have no words for: "too_many_redirects" becomes "Too many redirects".
 *
 * @param name a snake_case name
 */
function sentence(name: string): string {
	const words = name.replaceAll('_', ' ')
	return words.charAt(0).toUpperCase() + words.slice(1)
}
