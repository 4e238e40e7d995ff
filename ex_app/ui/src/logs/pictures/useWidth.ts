/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Ref } from 'vue'

import { onBeforeUnmount, onMounted, ref } from 'vue'

/**
 * The width of an element, in px.
 *
 * @param element whose
 * @param before until it is known
 */
export function useWidth(element: Readonly<Ref<HTMLElement | null>>, before = 600) {
	const width = ref(before)
	const observer = new ResizeObserver(([entry]) => {
		if (entry && entry.contentRect.width > 0) {
			width.value = Math.round(entry.contentRect.width)
		}
	})
	onMounted(() => element.value && observer.observe(element.value))
	onBeforeUnmount(() => observer.disconnect())
	return width
}
