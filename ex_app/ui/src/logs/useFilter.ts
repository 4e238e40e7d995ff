/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LogSort } from '../api/logs.ts'
import type { LogFilter } from './logFilter.ts'

import { computed, onMounted } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { fromAddress, toAddress } from './logFilter.ts'
import { FORMER_PARAMETERS } from './query/formerAddress.ts'

/**
 * What the list is limited to: it is the page's address that says so.
 *
 * @param isScoped on the page of a source
 * @param refresh asks the same again
 */
export function useFilter(isScoped: boolean, refresh: () => void) {
	const route = useRoute()
	const router = useRouter()

	const filter = computed(() => fromAddress(route.query, isScoped))
	/** Changes with the filters, and not with the entry that is open */
	const key = computed(() => JSON.stringify(filter.value))

	/**
	 * @param wanted the new filters
	 */
	function addressOf(wanted: LogFilter) {
		const { entry, compare } = route.query
		return { query: { ...toAddress(wanted), ...(entry ? { entry } : {}), ...(compare ? { compare } : {}) } }
	}

	/**
	 * A step that the back button takes back.
	 *
	 * @param wanted the new filters
	 */
	function apply(wanted: LogFilter) {
		if (wanted.query === filter.value.query && wanted.sort === filter.value.sort) {
			refresh()
		} else {
			void router.push(addressOf(wanted))
		}
	}

	/**
	 * @param query what to ask for
	 */
	function ask(query: string) {
		apply({ ...filter.value, query })
	}

	/**
	 * @param sort the new order
	 */
	function order(sort: LogSort) {
		apply({ ...filter.value, sort })
	}

	onMounted(() => {
		if (FORMER_PARAMETERS.some((name) => name in route.query)) {
			void router.replace(addressOf(filter.value))
		}
	})

	return { filter, key, apply, ask, order }
}
