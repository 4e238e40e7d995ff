/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FieldError, ProblemDocument } from './types.ts'

import { isAxiosError, isCancel } from '@nextcloud/axios'
import { t } from '../l10n.ts'

/**
 * Why a request failed, in kinds that the interface treats differently:
 * - `answer`: the app answered with a problem document
 * - `notAllowed`: Nextcloud refused to pass the request on
 * - `unavailable`: Nextcloud could not reach the app
 * - `network`, `timeout`: no answer came back to the browser
 */
export type ProblemKind = 'answer' | 'notAllowed' | 'unavailable' | 'network' | 'timeout'

/** A failed request, in words that can be shown. */
export class Problem extends Error {
	override name = 'Problem'

	/**
	 * @param kind which sort of failure
	 * @param title what happened, short
	 * @param detail what it means and what to try
	 * @param document the problem document, when the app sent one
	 */
	constructor(
		readonly kind: ProblemKind,
		readonly title: string,
		readonly detail: string,
		readonly document: ProblemDocument | null = null,
	) {
		super(detail ? `${title}: ${detail}` : title)
	}

	get status(): number | null {
		return this.document?.status ?? null
	}

	/** The last part of the problem's URN, such as `validation` or `version-conflict`. */
	get type(): string {
		return this.document?.type.split(':').at(-1) ?? ''
	}

	get fieldErrors(): FieldError[] {
		return this.document?.errors ?? []
	}

	/** What is stored, in the shape of what was sent, when the version that was sent is not the stored one. */
	get current(): unknown {
		return this.document?.current ?? null
	}
}

/**
 * Whether a request was given up on purpose, so that nobody needs to hear about it.
 *
 * @param error what was thrown
 */
export function isCancelled(error: unknown): boolean {
	return isCancel(error)
}

/**
 * @param error what the HTTP client threw
 */
export function toProblem(error: unknown): Problem {
	if (error instanceof Problem) {
		return error
	}
	if (!isAxiosError(error)) {
		throw error
	}
	if (!error.response) {
		return error.code === 'ECONNABORTED' || error.code === 'ETIMEDOUT' ? timedOut() : unreachable()
	}
	const { status, data, headers } = error.response
	if (isProblemDocument(data)) {
		return new Problem('answer', data.title, data.detail ?? '', data)
	}
	// AppAPI's proxy answers with Nextcloud's own "not found" page, whatever the reason of its refusal is.
	if (status === 404 && String(headers['content-type'] ?? '').includes('html')) {
		return notAllowed()
	}
	return unavailable(status)
}

/**
 * @param data the body of an answer
 */
function isProblemDocument(data: unknown): data is ProblemDocument {
	return typeof data === 'object' && data !== null && 'title' in data && 'status' in data && 'type' in data
}

/**
 *
 */
function timedOut(): Problem {
	return new Problem('timeout', t('open_connector', 'No answer in time'), t('open_connector', 'The server took too long to answer. It may be busy; try again in a moment.'))
}

/**
 *
 */
function unreachable(): Problem {
	return new Problem('network', t('open_connector', 'The server cannot be reached'), t('open_connector', 'Check your network connection and try again.'))
}

/**
 *
 */
function notAllowed(): Problem {
	return new Problem(
		'notAllowed',
		t('open_connector', 'You may not use OpenConnector, or it is disabled'),
		t('open_connector', 'OpenConnector is for administrators. If you are one, check that you are still logged in and that the app is enabled.'),
	)
}

/**
 * @param status the status of Nextcloud's answer
 */
function unavailable(status: number): Problem {
	return new Problem(
		'unavailable',
		t('open_connector', 'OpenConnector does not answer'),
		t('open_connector', 'Nextcloud answered with status {status}. The app may be starting or stopped; its log says more.', { status }),
	)
}
