/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'
import type { Call, CallSummary } from '../../api/types.ts'

import { computed, ref, watch } from 'vue'
import { useRouter } from 'vue-router'
import { pinLog } from '../../api/logs.ts'
import { useComparisonStore } from '../../comparison/comparisonStore.ts'
import { copyText } from '../../components/clipboard.ts'
import { toastProblem, toastSuccess } from '../../components/toasts.ts'
import { t } from '../../l10n.ts'
import { readHar } from './entryApi.ts'

/** Two entries; without a base the previous success of the same request. */
export interface Compared {
	entryId: string
	base: string | null
}

/**
 * What can be done with an entry, other than sending it again.
 *
 * @param entry the call
 * @param changed hears of it when the entry has changed
 */
export function useEntryActions(entry: Ref<Call | null>, changed: (call: CallSummary) => void) {
	const router = useRouter()
	const comparison = useComparisonStore()
	/** What is being compared; null: nothing */
	const comparedWith = ref<Compared | null>(null)
	const isCurlOpen = ref(false)
	const isBase = computed(() => entry.value !== null && comparison.base?.id === entry.value.id)

	watch(() => entry.value?.id, () => {
		comparedWith.value = null
		isCurlOpen.value = false
	})

	/**
	 * Compares an entry: by itself the open one, with the one that was picked, or with the previous success.
	 *
	 * @param compared which entries
	 */
	function compare(compared?: Compared) {
		const picked = isBase.value ? null : comparison.base?.id ?? null
		comparedWith.value = compared ?? { entryId: entry.value!.id, base: picked }
	}

	/** Other entries are compared with this one from now on. */
	function pickBase() {
		comparison.pick(entry.value!)
		toastSuccess(t('open_connector', 'Picked. Open another entry and choose “Compare”.'))
	}

	/** Copies the call as other tools read it. */
	async function copyHar() {
		try {
			await copyText(JSON.stringify(await readHar(entry.value!.id), null, 2))
			toastSuccess(t('open_connector', 'Copied as HAR.'))
		} catch (error) {
			toastProblem(error)
		}
	}

	/** Copies where the entry is. */
	async function copyLink() {
		const { href } = router.resolve({ name: 'log', params: { entry: entry.value!.id } })
		try {
			await copyText(new URL(href, window.location.href).href)
			toastSuccess(t('open_connector', 'Link copied.'))
		} catch (error) {
			toastProblem(error)
		}
	}

	/** Keeps the entry for ever, or no longer. */
	async function pin() {
		const call = entry.value!
		try {
			const row = await pinLog(call.id, !call.isPinned)
			if (entry.value?.id === call.id) {
				entry.value = { ...entry.value, isPinned: row.isPinned, expiresAt: row.expiresAt }
			}
			changed(row)
		} catch (error) {
			toastProblem(error)
		}
	}

	return { comparedWith, isCurlOpen, isBase, compare, copyHar, copyLink, pin, pickBase }
}
