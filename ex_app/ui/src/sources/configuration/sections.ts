/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { t } from '../../l10n.ts'

export type SectionId = 'basics' | 'headers' | 'query' | 'authentication' | 'connection' | 'logging'

/** The parts of the Configuration page, in their order. Their ids are part of the deep links. */
export function sections(): { id: SectionId, title: string }[] {
	return [
		{ id: 'basics', title: t('open_connector', 'Basics') },
		{ id: 'headers', title: t('open_connector', 'Headers') },
		{ id: 'query', title: t('open_connector', 'Query parameters') },
		{ id: 'authentication', title: t('open_connector', 'Authentication') },
		{ id: 'connection', title: t('open_connector', 'Connection') },
		{ id: 'logging', title: t('open_connector', 'Logging') },
	]
}
