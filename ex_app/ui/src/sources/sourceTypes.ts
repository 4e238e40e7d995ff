/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { SourceType } from '../api/types.ts'

import { t } from '../l10n.ts'

/** The types on offer, each with one line that explains it. */
export function sourceTypes(): { value: SourceType, label: string, help: string }[] {
	return [
		{ value: 'json', label: 'JSON', help: t('open_connector', 'A web API that answers with JSON, such as most REST APIs.') },
		{ value: 'xml', label: 'XML', help: t('open_connector', 'A web API that answers with XML.') },
	]
}

/**
 * @param type a source's type
 */
export function sourceTypeLabel(type: SourceType): string {
	return sourceTypes().find(({ value }) => value === type)?.label ?? type
}
