/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { OperationParameter } from './descriptionApi.ts'

import { t } from '../l10n.ts'

/**
 * What is known of a parameter, in one line.
 *
 * @param parameter of an operation
 */
export function helpOf(parameter: OperationParameter): string {
	return [
		parameter.isDeprecated ? t('open_connector', 'deprecated') : '',
		parameter.type,
		parameter.description,
		parameter.default ? t('open_connector', 'default {value}', { value: parameter.default }) : '',
	].filter(Boolean).join(' · ')
}
