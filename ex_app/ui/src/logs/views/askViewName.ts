/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { askName } from '../../components/askName.ts'
import { t } from '../../l10n.ts'

/**
 * Ask for the name of a view. Closing the dialog answers null.
 *
 * @param question what for
 * @param question.title of the dialog
 * @param question.name what it is called now
 * @param question.taken names of other views, which would be replaced
 */
export async function askViewName({ title, name, taken }: { title: string, name: string, taken: string[] }): Promise<string | null> {
	const answer = await askName({
		title,
		name,
		maxLength: 100,
		judge(typed) {
			const isTaken = taken.some((other) => other.toLowerCase() === typed.trim().toLowerCase())
			return {
				isGood: typed.trim() !== '',
				action: isTaken ? t('open_connector', 'Replace') : t('open_connector', 'Save'),
				hint: isTaken ? t('open_connector', 'There is a view with this name; it is replaced.') : t('open_connector', 'All administrators see it.'),
			}
		},
	})
	return answer?.trim() ?? null
}
