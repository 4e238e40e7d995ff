/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { nextTick, onMounted, watch } from 'vue'
import { useRoute } from 'vue-router'

/** Links such as …/configuration#authentication go to their section of the page. */
export function useSectionLinks() {
	const route = useRoute()

	/** Scrolls there, once it is drawn. */
	async function show() {
		await nextTick()
		if (route.hash) {
			document.getElementById(`section-${route.hash.slice(1)}`)?.scrollIntoView({ block: 'start' })
		}
	}

	watch(() => route.hash, show)
	onMounted(show)
}
