/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { nextTick, onMounted } from 'vue'
import { useRoute } from 'vue-router'

/** Links such as …/configuration#authentication go to their section of a page, which is drawn when the page is. */
export function useSectionLinks() {
	const route = useRoute()

	onMounted(() => goToSection(route.hash))
}

/**
 * Scrolls to a section, and lets the keyboard go on from there.
 *
 * @param hash of the address
 */
export async function goToSection(hash: string): Promise<void> {
	await nextTick()
	const section = hash ? document.getElementById(`section-${hash.slice(1)}`) : null
	const title = section?.querySelector<HTMLElement>('.page-section__title') ?? section
	section?.scrollIntoView({ block: 'start' })
	title?.setAttribute('tabindex', '-1')
	title?.focus({ preventScroll: true })
}
