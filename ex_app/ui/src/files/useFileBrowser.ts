/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FileEntry, ListingSort } from '../api/files.ts'
import type { Source } from '../api/types.ts'
import type { Listing } from './listing.ts'

import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { isCancelled } from '../api/problem.ts'
import { textOf } from '../components/address.ts'
import { debounce } from '../components/debounce.ts'
import { toastProblem } from '../components/toasts.ts'
import { useFilesStore } from './filesStore.ts'
import { entryAt, indexOf, missingParts } from './listing.ts'
import { nameOf, normalPath, parentOf, pathIn } from './paths.ts'

/** Files up to this size are read at once when they are chosen. */
export const PREVIEW_BYTES = 1024 * 1024

const TYPING_MS = 300
const SCROLLING_MS = 80

/**
 * Which directory is shown, in the page's address, and what is read of it.
 *
 * @param source whose files
 * @param called is told after every call
 */
export function useFileBrowser(source: () => Source, called: () => void) {
	const route = useRoute()
	const router = useRouter()
	const store = useFilesStore()

	const browser = computed(() => store.browserOf(source().id))
	const path = computed(() => normalPath(textOf(route.query, 'path')))
	const search = ref(browser.value.listing?.search ?? '')
	const sort = ref<ListingSort>(browser.value.listing?.sort ?? 'name')
	const cursor = ref(0)
	const parts = shallowRef<AbortController | null>(null)

	/**
	 * @param isFresh read it again, although it was read
	 */
	async function list(isFresh = false) {
		parts.value?.abort()
		const before = browser.value.call
		await store.list(source(), { path: path.value, search: search.value, sort: sort.value }, isFresh)
		const { listing, call } = browser.value
		if (listing) {
			follow(listing)
		}
		if (call !== before) {
			called()
		}
	}

	/**
	 * What was chosen may have changed, or be gone.
	 *
	 * @param listing what is there now
	 */
	function follow(listing: Listing) {
		const { selected } = browser.value
		const entry = selected && pathIn(listing.path, selected.entry.name) === selected.path && entryAt(listing, indexOf(listing, selected.entry.name))
		if (entry) {
			browser.value.selected = { ...selected, entry }
		}
		cursor.value = Math.max(0, Math.min(cursor.value, listing.total - 1))
	}

	/**
	 * Goes to another directory, or reads this one again.
	 *
	 * @param target where to
	 */
	async function go(target: string) {
		if (target === path.value) {
			await list(true)
		} else {
			await router.push({ query: { ...route.query, path: target || undefined } })
		}
	}

	/** Goes to the directory above, and leaves the cursor on the one that one comes from. */
	async function goUp() {
		if (path.value !== '') {
			await go(parentOf(path.value))
		}
	}

	/**
	 * @param entry of the directory that is seen, which may not yet be the one of the address
	 */
	function pathOf(entry: FileEntry): string {
		return pathIn(browser.value.listing?.path ?? path.value, entry.name)
	}

	/**
	 * @param entry of the directory: a file is shown, a directory is gone to
	 */
	async function open(entry: FileEntry) {
		if (entry.type === 'directory') {
			await go(pathOf(entry))
			return
		}
		show(entry)
		if (entry.type === 'file' && entry.size !== null && entry.size <= PREVIEW_BYTES && source().connection.maxBodyBytes > 0) {
			await preview()
		}
	}

	/**
	 * @param entry of the directory, to be shown beside it
	 */
	function show(entry: FileEntry) {
		browser.value.selected = { entry, path: pathOf(entry) }
	}

	/** Reads the chosen file. */
	async function preview() {
		if (browser.value.selected) {
			await store.read(source(), browser.value.selected.path)
			called()
		}
	}

	const fetchSeen = debounce(async (first: number, last: number) => {
		const { listing } = browser.value
		const missing = listing ? missingParts(listing, first, last) : []
		if (missing.length === 0) {
			return
		}
		parts.value?.abort()
		const controller = parts.value = new AbortController()
		try {
			for (const part of missing) {
				await store.fetchPart(source(), part, controller.signal)
			}
		} catch (error) {
			if (!isCancelled(error)) {
				toastProblem(error)
			}
		}
	}, SCROLLING_MS)

	/**
	 * @param order in which the entries shall be
	 */
	function sortBy(order: ListingSort) {
		sort.value = order
		cursor.value = 0
		void list()
	}

	const searchSoon = debounce(() => {
		cursor.value = 0
		void list()
	}, TYPING_MS)

	/**
	 * @param text in the names
	 */
	function searchFor(text: string) {
		search.value = text
		searchSoon()
	}

	/** Going to another page changes the address before this one is gone. */
	function isHere(): boolean {
		const { source: shown, tab } = route.params
		return tab === 'test' && (shown === source().slug || shown === source().id)
	}

	/**
	 * @param before the directory that one comes from
	 */
	async function enter(before: string) {
		searchSoon.cancel()
		search.value = ''
		browser.value.selected = null
		cursor.value = 0
		if (source().isEnabled) {
			await list()
			const { listing } = browser.value
			cursor.value = Math.max(0, listing && parentOf(before) === path.value ? indexOf(listing, nameOf(before)) : 0)
		}
	}

	let isReturning = false

	/** Whoever comes back from another page finds what was there, unless the source has changed since. */
	async function begin() {
		const { listing, version } = browser.value
		const isKnown = listing !== null && version === source().version
		if (isKnown && path.value === '' && listing.path !== '') {
			isReturning = true
			await router.replace({ query: { ...route.query, path: listing.path } })
			isReturning = false
		} else if (source().isEnabled && !(isKnown && listing.path === path.value)) {
			await list()
		}
	}

	watch(path, (_, before) => {
		if (isHere() && !isReturning) {
			void enter(before)
		}
	})
	void begin()
	watch(() => source().isEnabled, (isEnabled) => {
		if (isEnabled && !browser.value.listing) {
			void list()
		}
	})
	onScopeDispose(() => {
		searchSoon.cancel()
		fetchSeen.cancel()
		parts.value?.abort()
	})

	return { browser, path, search, sort, cursor, list, go, goUp, open, show, preview, fetchSeen, sortBy, searchFor }
}
