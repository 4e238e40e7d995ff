/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyPlace } from '../api/bodies.ts'
import type { Body } from '../api/types.ts'
import type { Way } from './ways.ts'

import { computed, ref, watch } from 'vue'
import { formatOf, isPicture } from './bodyContent.ts'
import { useLayout } from './text/useLayout.ts'
import { localNodes, storedNodes } from './tree/nodeSource.ts'
import { useContent } from './useContent.ts'
import { useView } from './useView.ts'
import { recallWay, rememberWay, waysOf } from './ways.ts'

/**
 * A body with all that can be done with it.
 *
 * @param body as it came with its exchange
 * @param where the server has it; null: nowhere
 */
export function useBody(body: () => Body, where: () => BodyPlace | null) {
	// Whoever shows a body writes its place down anew each time; what is asked for must not be asked for again then.
	const key = computed(() => JSON.stringify(where()))
	const stable = computed(() => JSON.parse(key.value) as BodyPlace | null)
	const { view, problem } = useView(() => stable.value)
	/** Null when the log entry is gone, too */
	const place = computed(() => problem.value?.status === 404 ? null : stable.value)
	const content = useContent(body, () => place.value)
	const format = computed(() => view.value?.format ?? formatOf(body()))
	const pretty = useLayout(content, () => format.value)

	const isText = computed(() => body().encoding === 'text')
	/** The tree of a body that the page has whole */
	const local = computed(() => format.value === 'json' && isText.value && !body().isPreview && !body().isTruncated ? localNodes(body().content) : null)
	const hasTree = computed(() => local.value ? true : place.value === null ? false : view.value?.hasTree ?? null)
	const nodes = computed(() => local.value ?? (place.value && storedNodes(place.value)))

	const ways = computed(() => waysOf(format.value, {
		isText: isText.value,
		isStored: place.value !== null,
		hasTree: hasTree.value,
		hasParts: (view.value?.parts.length ?? 0) > 0,
		isPicture: isPicture(body()),
	}))
	/** The server can evaluate an expression over it */
	const isAskable = computed(() => place.value !== null && ways.value.includes('tree'))
	const chosen = ref<Way | null>(null)
	const way = computed({
		get: () => ways.value.find((one) => one === chosen.value) ?? recallWay(format.value, ways.value),
		set: (wanted) => {
			chosen.value = wanted
			rememberWay(format.value, wanted)
		},
	})
	watch(body, () => {
		chosen.value = null
	})

	return { view, place, content, format, pretty, isText, isAskable, nodes, ways, way }
}
