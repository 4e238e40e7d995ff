/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Source } from '../api/types.ts'

import { readSource, replaceSource } from '../api/sources.ts'
import { toastProblem, toastWithAction } from '../components/toasts.ts'
import { t } from '../l10n.ts'

type Setting = Partial<Pick<Source, 'resultsPosition' | 'pagination'>>

/**
 * Keep on the source what a test has found, and offer to take it back.
 *
 * @param source which source
 * @param setting what is to be kept
 * @param words what the toast says
 * @param onChanged gets the stored source, also when it was taken back
 */
export async function keepSetting(source: Source, setting: Setting, words: string, onChanged: (source: Source) => void): Promise<void> {
	const former = Object.fromEntries(Object.keys(setting).map((name) => [name, source[name as keyof Setting]])) as Setting
	if (!await put(source.id, setting, onChanged)) {
		return
	}
	toastWithAction(words, t('open_connector', 'Undo'), () => void put(source.id, former, onChanged))
}

/**
 * The newest state is changed, for somebody else may have saved the source since it was shown.
 *
 * @param sourceId which source
 * @param setting what changes
 * @param onChanged gets the stored source
 * @return whether it is stored
 */
async function put(sourceId: string, setting: Setting, onChanged: (source: Source) => void): Promise<boolean> {
	try {
		onChanged(await replaceSource({ ...await readSource(sourceId), ...setting }))
		return true
	} catch (error) {
		toastProblem(error)
		return false
	}
}
