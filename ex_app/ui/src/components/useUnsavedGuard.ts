/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'
import type { RouteLocationNormalized } from 'vue-router'

import { onBeforeUnmount, onMounted } from 'vue'
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router'
import { t } from '../l10n.ts'
import { choose } from './confirm.ts'

/**
 * Nobody loses what they typed by leaving: another page asks first, and so does closing the window.
 *
 * @param isDirty whether something would be lost
 * @param save stores it; false when that failed
 * @param text what would be lost, as a sentence
 */
export function useUnsavedGuard(isDirty: Ref<boolean>, save: () => Promise<boolean>, text: string) {
	/** @return whether the page may be left */
	async function mayLeave(): Promise<boolean> {
		const answer = await choose({
			title: t('open_connector', 'Unsaved changes'),
			text: [text],
			choices: [
				{ value: 'stay', label: t('open_connector', 'Keep editing') },
				{ value: 'discard', label: t('open_connector', 'Discard'), variant: 'error' },
				{ value: 'save', label: t('open_connector', 'Save'), variant: 'primary' },
			],
		})
		return answer === 'discard' || (answer === 'save' && await save())
	}

	onBeforeRouteLeave(() => !isDirty.value || mayLeave())
	onBeforeRouteUpdate((to, from) => !isDirty.value || isSamePage(to, from) || mayLeave())

	/**
	 * @param event the window is about to close
	 */
	function warn(event: BeforeUnloadEvent) {
		if (isDirty.value) {
			event.preventDefault()
		}
	}
	onMounted(() => window.addEventListener('beforeunload', warn))
	onBeforeUnmount(() => window.removeEventListener('beforeunload', warn))
}

/**
 * @param to where to
 * @param from where from
 */
function isSamePage(to: RouteLocationNormalized, from: RouteLocationNormalized): boolean {
	return to.params.tab === from.params.tab && to.params.source === from.params.source
}
