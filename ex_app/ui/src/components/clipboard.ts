/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { Problem } from '../api/problem.ts'
import { t } from '../l10n.ts'

/**
 * The clipboard interface exists on secure pages only; a Nextcloud on plain HTTP needs the old way.
 *
 * @param text what to copy
 */
export async function copyText(text: string): Promise<void> {
	if (navigator.clipboard) {
		await navigator.clipboard.writeText(text)
		return
	}
	const area = document.createElement('textarea')
	area.value = text
	area.style.position = 'fixed'
	area.style.opacity = '0'
	document.body.append(area)
	area.select()
	const copied = document.execCommand('copy')
	area.remove()
	if (!copied) {
		throw new Problem('answer', t('open_connector', 'The browser did not let us copy'), '')
	}
}
