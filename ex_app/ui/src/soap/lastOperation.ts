/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { OperationName } from '../api/service.ts'
import type { FormValue, FormValues } from './formValues.ts'

import { APP_ID } from '../appapi.ts'
import { SECRET_NAME } from '../calls/lastRequest.ts'

/** What is brought back when somebody comes again. */
export interface LastOperation {
	operation: OperationName
	values: FormValues
	headerValues: FormValues
	/** The envelope was edited, and is with the last request */
	isEdited: boolean
}

/**
 * @param sourceId of which source
 */
function storageKey(sourceId: string): string {
	return `${APP_ID}:last-operation:${sourceId}`
}

/**
 * Keep an operation and its values for the next visit. The browser's storage is no place for secrets: values whose names look like one are
 * left out.
 *
 * @param sourceId of which source
 * @param last what was sent
 */
export function rememberOperation(sourceId: string, last: LastOperation): void {
	try {
		localStorage.setItem(storageKey(sourceId), JSON.stringify({
			...last,
			values: withoutSecrets(last.values),
			headerValues: withoutSecrets(last.headerValues),
		}))
	} catch {
		// A full or forbidden storage costs the convenience only.
	}
}

/**
 * @param sourceId of which source
 */
export function recallOperation(sourceId: string): LastOperation | null {
	try {
		const stored = JSON.parse(localStorage.getItem(storageKey(sourceId)) ?? 'null') as unknown
		return isOperation(stored) ? stored : null
	} catch {
		return null
	}
}

/**
 * @param value with everything below it
 */
function withoutSecrets(value: FormValue): FormValue {
	if (Array.isArray(value)) {
		return value.map(withoutSecrets)
	}
	if (typeof value !== 'object' || value === null) {
		return value
	}
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, SECRET_NAME.test(name) ? emptied(member) : withoutSecrets(member)]))
}

/**
 * @param value a secret, or what holds one
 */
function emptied(value: FormValue): FormValue {
	if (Array.isArray(value)) {
		return value.map(emptied)
	}
	return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, emptied(member)])) : ''
}

/**
 * Another version of this page may have written something else.
 *
 * @param stored what was in the storage
 */
function isOperation(stored: unknown): stored is LastOperation {
	const { operation, values, headerValues } = (stored ?? {}) as Partial<LastOperation>
	return typeof operation?.service === 'string'
		&& typeof operation.port === 'string'
		&& typeof operation.operation === 'string'
		&& typeof values === 'object'
		&& typeof headerValues === 'object'
}
