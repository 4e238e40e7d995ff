/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { ImportAction, ImportState } from './transferApi.ts'

import { t } from '../l10n.ts'

/** In the order of the filters */
export const STATES: ImportState[] = ['create', 'update', 'conflict', 'unreadable', 'unchanged']

/**
 * @param state of a source in a preview
 */
export function stateLabel(state: ImportState): string {
	switch (state) {
		case 'create': return t('open_connector', 'New')
		case 'update': return t('open_connector', 'Changed')
		case 'conflict': return t('open_connector', 'Conflict')
		case 'unreadable': return t('open_connector', 'Unreadable')
		case 'unchanged': return t('open_connector', 'Unchanged')
	}
}

/**
 * @param state of a source in a preview
 */
export function stateTone(state: ImportState): 'success' | 'warning' | 'error' | 'neutral' {
	switch (state) {
		case 'create': return 'success'
		case 'conflict': return 'warning'
		case 'unreadable': return 'error'
		default: return 'neutral'
	}
}

/**
 * @param action what to do with a source
 */
export function actionLabel(action: ImportAction): string {
	switch (action) {
		case 'create': return t('open_connector', 'Add')
		case 'update': return t('open_connector', 'Update')
		case 'skip': return t('open_connector', 'Skip')
		case 'create_as': return t('open_connector', 'Add under another name')
	}
}

/**
 * A place within a source, for people: `/authentication/client/secret` is `authentication › client › secret`.
 *
 * @param pointer JSON pointer
 */
export function placeOf(pointer: string): string {
	const steps = pointer.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
	return steps.map((step) => /^\d+$/.test(step) ? String(Number(step) + 1) : step).join(' › ')
}

/**
 * @param format that a document was understood as
 */
export function formatName(format: string): string {
	switch (format) {
		case 'native': return 'OpenConnector'
		case 'legacy': return t('open_connector', 'OpenConnector (PHP)')
		case 'postman': return 'Postman'
		case 'insomnia': return 'Insomnia'
		case 'bruno': return 'Bruno'
		case 'openapi': return 'OpenAPI'
		case 'curl': return 'cURL'
		default: return format
	}
}
