/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { spawnDialog } from '@nextcloud/vue/functions/dialog'
import NameDialog from './NameDialog.vue'

/** What is to be said about a name while it is typed. */
export interface NameVerdict {
	/** It can be taken */
	isGood: boolean
	/** The line below the field; of a name that is no good, what is wrong with it */
	hint: string
	/** What the button says */
	action: string
}

export interface NameQuestion {
	/** Of the dialog */
	title: string
	/** What it is called now */
	name: string
	judge: (name: string) => NameVerdict
	maxLength?: number
}

/**
 * Ask for a name. Closing the dialog answers null.
 *
 * @param question what for
 */
export async function askName(question: NameQuestion): Promise<string | null> {
	return ((await spawnDialog(NameDialog, question)) ?? null) as string | null
}
