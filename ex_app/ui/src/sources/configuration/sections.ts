/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { SourceType } from '../../api/types.ts'

import { t } from '../../l10n.ts'

export type SectionId = 'basics' | 'headers' | 'query' | 'authentication' | 'soap' | 'files' | 'records' | 'connection' | 'logging'

const ONLY_FILES: SectionId[] = ['files']
const NOT_FILES: SectionId[] = ['headers', 'query']

/** The parts of the Configuration page, in their order. Their ids are part of the deep links. */
function allSections(): { id: SectionId, title: string }[] {
	return [
		{ id: 'basics', title: t('open_connector', 'Basics') },
		{ id: 'soap', title: t('open_connector', 'SOAP') },
		{ id: 'files', title: t('open_connector', 'Files') },
		{ id: 'headers', title: t('open_connector', 'Headers') },
		{ id: 'query', title: t('open_connector', 'Query parameters') },
		{ id: 'authentication', title: t('open_connector', 'Authentication') },
		{ id: 'connection', title: t('open_connector', 'Connection') },
		{ id: 'records', title: t('open_connector', 'Records') },
		{ id: 'logging', title: t('open_connector', 'Logging') },
	]
}

/**
 * The parts that a source of a type has.
 *
 * @param type the type
 */
export function sections(type: SourceType): { id: SectionId, title: string }[] {
	return allSections().filter(({ id }) => {
		if (type === 'ftp') {
			return !NOT_FILES.includes(id) && id !== 'soap'
		}
		return !ONLY_FILES.includes(id) && (id !== 'soap' || type === 'soap')
	})
}

/**
 * @param id which part
 */
export function sectionTitle(id: SectionId): string {
	return allSections().find((section) => section.id === id)!.title
}
