/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyPlace } from '../api/bodies.ts'
import type { Problem } from '../api/problem.ts'
import type { Body } from '../api/types.ts'

import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { readContent } from '../api/bodies.ts'
import { isCancelled, toProblem } from '../api/problem.ts'
import { bytesOf } from './bodyContent.ts'

/** How much more is loaded at a time. */
export const STEP_BYTES = 512 * 1024
/** A page that holds more than this becomes slow; the whole body is there to download. */
export const MAX_LOADED_BYTES = 8 * 1024 * 1024

export type Content = ReturnType<typeof useContent>

/**
 * What the page has of a body: its beginning, and more where that is asked for.
 *
 * @param body the body with its beginning
 * @param place where the rest can be had; null: nowhere
 */
export function useContent(body: () => Body, place: () => BodyPlace | null) {
	/** Pieces of text in their order; empty for a body that is no text */
	const pieces = shallowRef<string[]>([])
	const bytes = shallowRef(new Uint8Array(0))
	const isAtEnd = ref(false)
	const isLoading = ref(false)
	const problem = shallowRef<Problem | null>(null)
	let decoder = new TextDecoder()
	let running: AbortController | null = null

	const text = computed(() => pieces.value.join(''))
	const isWhole = computed(() => isAtEnd.value && !body().isTruncated)
	const hasMore = computed(() => !isAtEnd.value && place() !== null && bytes.value.length < MAX_LOADED_BYTES)

	watch(body, (now) => {
		running?.abort()
		decoder = new TextDecoder('utf-8', { ignoreBOM: true })
		pieces.value = now.encoding === 'text' ? [now.content] : []
		bytes.value = bytesOf(now)
		isAtEnd.value = !now.isPreview
		isLoading.value = false
		problem.value = null
	}, { immediate: true })
	onScopeDispose(() => running?.abort())

	/** Loads the next piece. */
	async function loadMore() {
		const source = place()
		if (!source || isLoading.value || !hasMore.value) {
			return
		}
		const controller = running = new AbortController()
		isLoading.value = true
		problem.value = null
		try {
			take(await readContent(source, bytes.value.length, STEP_BYTES, controller.signal))
		} catch (error) {
			if (!isCancelled(error)) {
				problem.value = toProblem(error)
			}
		} finally {
			if (running === controller) {
				isLoading.value = false
			}
		}
	}

	/**
	 * @param piece what has come
	 */
	function take(piece: Uint8Array<ArrayBuffer>) {
		const joined = new Uint8Array(bytes.value.length + piece.length)
		joined.set(bytes.value)
		joined.set(piece, bytes.value.length)
		bytes.value = joined
		isAtEnd.value = piece.length < STEP_BYTES || joined.length >= body().keptSize
		if (body().encoding === 'text') {
			// A character may lie on both sides of the border between two pieces.
			pieces.value = [...pieces.value, decoder.decode(piece, { stream: !isAtEnd.value })]
		}
	}

	return { pieces, text, bytes, isWhole, isAtEnd, hasMore, isLoading, problem, loadMore }
}
