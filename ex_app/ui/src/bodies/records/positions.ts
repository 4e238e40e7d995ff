/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { t } from '../../l10n.ts'

/**
 * Where records are, as one reads it.
 *
 * @param position `resultsPosition` of a source
 */
export function positionName(position: string): string {
	switch (position) {
		case '': return t('open_connector', 'found by itself')
		case '_root': return t('open_connector', '_root (the answer itself)')
		case '_object': return t('open_connector', '_object (the answer is one record)')
		default: return position
	}
}
