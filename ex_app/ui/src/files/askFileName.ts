/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { askName } from '../components/askName.ts'
import { t } from '../l10n.ts'
import { isName } from './paths.ts'

/**
 * Ask for the name of a file or folder. Closing the dialog answers null.
 *
 * @param question what for
 * @param question.title of the dialog
 * @param question.action what the button says
 * @param question.name what it is called now
 */
export function askFileName({ title, action, name }: { title: string, action: string, name: string }): Promise<string | null> {
	return askName({
		title,
		name,
		judge(typed) {
			const isGood = isName(typed)
			return { isGood, action, hint: typed === '' || isGood ? '' : t('open_connector', 'A name has no slash and no backslash, and is more than dots.') }
		},
	})
}
