/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Removal } from '../api/retention.ts'

import { choose } from '../components/confirm.ts'
import { t } from '../l10n.ts'
import { removalText, removesNothing } from './removalText.ts'

/**
 * Ask before what the stored settings let go is removed, and say what is lost.
 *
 * @param removal what would go by them
 * @param isChanged the fields say something else, which is not saved
 * @return whether to clean up
 */
export async function confirmCleanUp(removal: Removal, isChanged: boolean): Promise<boolean> {
	// Room that is free already is still given back.
	if (removesNothing(removal) && !isChanged) {
		return true
	}
	const answer = await choose({
		title: t('open_connector', 'Clean up the log?'),
		text: [
			...(isChanged ? [t('open_connector', 'What you changed is not saved. It cleans up by what is saved.')] : []),
			removalText(removal),
			...(removesNothing(removal) ? [] : [t('open_connector', 'This cannot be undone. Calls that are kept for ever stay.')]),
		],
		choices: [
			{ value: 'cancel', label: t('open_connector', 'Cancel') },
			{ value: 'clean', label: t('open_connector', 'Clean up'), variant: removesNothing(removal) ? 'primary' : 'error' },
		],
	})
	return answer === 'clean'
}
