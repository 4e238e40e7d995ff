/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { spawnDialog } from '@nextcloud/vue/functions/dialog'
import ConfirmDialog from './ConfirmDialog.vue'

export interface Choice<T extends string> {
	value: T
	label: string
	variant?: 'primary' | 'secondary' | 'error'
}

export interface Question<T extends string> {
	title: string
	/** One paragraph each. */
	text: string[]
	/** In the order of the buttons. The first one gets the focus, so it has to be the one that loses nothing. */
	choices: Choice<T>[]
}

/**
 * Ask before something is lost. Closing the dialog answers null.
 *
 * @param question what to ask
 */
export async function choose<T extends string>(question: Question<T>): Promise<T | null> {
	const answer = await spawnDialog(ConfirmDialog, question)
	return (answer ?? null) as T | null
}
