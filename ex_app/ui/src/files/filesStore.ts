/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FileEntry, ListingPart, ListingSort } from '../api/files.ts'
import type { Problem } from '../api/problem.ts'
import type { Call, Method, Source, TestRequest, Verification } from '../api/types.ts'
import type { Download } from './downloads.ts'
import type { Listing } from './listing.ts'
import type { Upload } from './uploads.ts'

import { defineStore } from 'pinia'
import { markRaw, ref } from 'vue'
import { cancelCall, testSource, verifySource } from '../api/calls.ts'
import { downloadFile, listFiles } from '../api/files.ts'
import { toProblem } from '../api/problem.ts'
import { newCallId } from '../calls/callId.ts'
import { toastProblem } from '../components/toasts.ts'
import { saveFile } from './downloads.ts'
import { listingOf, PART_SIZE, withPart } from './listing.ts'
import { nameOf } from './paths.ts'

/** A call that is on its way. */
export interface Running {
	callId: string
	startedAt: number
	isCancelling: boolean
}

/** What is looked at takes the place of what was looked at before; what is changed is changed one after the other. */
type Slot = 'reading' | 'changing'

/** The file browser of one source. */
export interface FileBrowser {
	/** Of the source, when the directory was read */
	version: number
	listing: Listing | null
	/** The call that should have read the directory */
	failed: Call | null
	/** Which entry is shown beside the list, and where it is */
	selected: { entry: FileEntry, path: string } | null
	/** Of the file whose content came last */
	readPath: string | null
	/** What was asked for last, and is shown */
	task: 'call' | 'verification'
	call: Call | null
	verification: Verification | null
	/** Why a call could not be made at all */
	problem: Problem | null
	reading: Running | null
	changing: Running | null
	uploads: Upload[]
	/** What is on its way to the disk, whatever else is looked at */
	downloads: Download[]
}

/** What can be done to a file besides looking at it. */
export type Change = Pick<TestRequest, 'path'> & Partial<Pick<TestRequest, 'body' | 'destination'>> & { method: Extract<Method, 'PUT' | 'DELETE' | 'MKCOL' | 'MOVE'> }

export interface Wanted {
	path: string
	search: string
	sort: ListingSort
}

/** How long a cancelled call may take to answer before we stop waiting for it. */
const CANCEL_GRACE_MS = 5000

const EMPTY: Omit<FileBrowser, 'uploads' | 'downloads'> = { version: 0, listing: null, failed: null, selected: null, readPath: null, task: 'call', call: null, verification: null, problem: null, reading: null, changing: null }

/** The file browsers of all sources, so that going to another tab and back loses nothing. */
export const useFilesStore = defineStore('files', () => {
	const browsers = ref<Record<string, FileBrowser>>({})
	const controllers = new Map<string, AbortController>()

	/**
	 * @param sourceId whose browser
	 */
	function browserOf(sourceId: string): FileBrowser {
		browsers.value[sourceId] ??= { ...EMPTY, uploads: [], downloads: [] }
		return browsers.value[sourceId]
	}

	/**
	 * @param browser whose call it is
	 * @param slot what it does
	 * @param job makes it, so that it can be cancelled by its id and given up by its signal
	 * @return null when nothing came of it; the browser knows why
	 */
	async function run<T>(browser: FileBrowser, slot: Slot, job: (callId: string, signal: AbortSignal) => Promise<T>): Promise<T | null> {
		const callId = newCallId()
		const controller = new AbortController()
		controllers.set(callId, controller)
		giveUp(browser.reading)
		browser[slot] = { callId, startedAt: performance.now(), isCancelling: false }
		browser.problem = null
		try {
			return await job(callId, controller.signal)
		} catch (error) {
			if (!controller.signal.aborted) {
				browser.problem = toProblem(error)
			}
			return null
		} finally {
			controllers.delete(callId)
			if (browser[slot]?.callId === callId) {
				browser[slot] = null
			}
		}
	}

	/**
	 * Nobody waits for this any more.
	 *
	 * @param running a call on its way
	 */
	function giveUp(running: Running | null) {
		if (running) {
			controllers.get(running.callId)?.abort()
			void end(running.callId)
		}
	}

	/**
	 * @param callId which call
	 */
	async function end(callId: string) {
		try {
			await cancelCall(callId)
		} catch (error) {
			// It has ended by itself in the meantime, or the server is gone; both show elsewhere.
			toProblem(error)
		}
	}

	/**
	 * End what runs. The server answers with what it had; when it does not, we stop waiting.
	 *
	 * @param sourceId whose call
	 */
	async function cancel(sourceId: string) {
		const { changing, reading } = browserOf(sourceId)
		const running = changing ?? reading
		if (!running || running.isCancelling) {
			return
		}
		running.isCancelling = true
		const controller = controllers.get(running.callId)
		window.setTimeout(() => controller?.abort(), CANCEL_GRACE_MS)
		await end(running.callId)
	}

	/**
	 * Read a directory, or another order or search of the one that was read.
	 *
	 * @param source which source
	 * @param wanted which directory, and how
	 * @param isFresh read it again, although it was read
	 */
	async function list(source: Source, wanted: Wanted, isFresh = false) {
		const browser = browserOf(source.id)
		const known = browser.listing?.path === wanted.path && !isFresh ? browser.listing.id : null
		const answer = await run(browser, 'reading', (callId, signal) => listFiles(source.id, { ...wanted, offset: 0, limit: PART_SIZE, listingId: known, callId }, signal))
		if (answer) {
			takeListing(browser, source, wanted, answer)
		}
	}

	/**
	 * @param browser whose directory
	 * @param source which source
	 * @param wanted what was asked for
	 * @param answer what came
	 */
	function takeListing(browser: FileBrowser, source: Source, wanted: Wanted, answer: ListingPart) {
		takeCall(browser, answer.call)
		const isRead = !answer.call || answer.call.outcome === 'success'
		browser.failed = isRead ? null : answer.call
		browser.listing = isRead ? markRaw(listingOf(wanted, 0, answer)) : null
		browser.version = source.version
	}

	/**
	 * Another part of the directory that is shown.
	 *
	 * @param source which source
	 * @param part which one, from 0
	 * @param signal gives up
	 */
	async function fetchPart(source: Source, part: number, signal: AbortSignal) {
		const browser = browserOf(source.id)
		const { listing } = browser
		if (!listing) {
			return
		}
		const { path, search, sort, id } = listing
		const offset = part * PART_SIZE
		const answer = await listFiles(source.id, { path, search, sort, offset, limit: PART_SIZE, listingId: id }, signal)
		takeCall(browser, answer.call)
		const now = browser.listing
		if (now && now.id === id && now.search === search && now.sort === sort && (!answer.call || answer.call.outcome === 'success')) {
			browser.listing = markRaw(withPart(now, offset, answer))
		}
	}

	/**
	 * Read a file, as far as it is kept.
	 *
	 * @param source which source
	 * @param path of the file
	 */
	async function read(source: Source, path: string) {
		const browser = browserOf(source.id)
		const call = await run(browser, 'reading', (callId, signal) => testSource(source.id, requestOf({ method: 'GET', path }, callId), signal))
		takeCall(browser, call)
		browser.readPath = call ? path : browser.readPath
	}

	/**
	 * Read a whole file, and let the browser keep it.
	 *
	 * @param source which source
	 * @param path of the file
	 * @param size in bytes; null: not known
	 */
	async function download(source: Source, path: string, size: number | null) {
		const browser = browserOf(source.id)
		if (browser.downloads.some((one) => one.path === path)) {
			return
		}
		const callId = newCallId()
		const controller = new AbortController()
		controllers.set(callId, controller)
		browser.downloads.push({ callId, path, size, received: 0, isCancelling: false })
		const running = browser.downloads.at(-1)!
		try {
			const blob = await downloadFile(source.id, path, {
				callId,
				signal: controller.signal,
				onProgress: (bytes) => {
					running.received = bytes
				},
			})
			saveFile(blob, nameOf(path))
		} catch (error) {
			if (!running.isCancelling) {
				toastProblem(error)
			}
		} finally {
			controllers.delete(callId)
			browser.downloads = browser.downloads.filter((one) => one.callId !== callId)
		}
	}

	/**
	 * The server reads no further; what it has read already is not waited for.
	 *
	 * @param running which download
	 */
	async function cancelDownload(running: Download) {
		running.isCancelling = true
		await end(running.callId)
		controllers.get(running.callId)?.abort()
	}

	/**
	 * Change something on the server.
	 *
	 * @param source which source
	 * @param change what
	 * @return what came of it; null when it could not even be tried
	 */
	async function change(source: Source, change: Change): Promise<Call | null> {
		const browser = browserOf(source.id)
		const call = await run(browser, 'changing', (callId, signal) => testSource(source.id, requestOf(change, callId), signal))
		takeCall(browser, call)
		return call
	}

	/**
	 * Go the way to the location step by step.
	 *
	 * @param source which source
	 */
	async function verify(source: Source) {
		const browser = browserOf(source.id)
		browser.task = 'verification'
		browser.verification = await run(browser, 'reading', (callId, signal) => verifySource(source.id, { method: 'GET', path: '', callId }, signal))
	}

	return { browserOf, list, fetchPart, read, download, cancelDownload, change, verify, cancel }
})

/**
 * @param browser where it is shown
 * @param call what came back; null when nothing did
 */
function takeCall(browser: FileBrowser, call: Call | null) {
	if (call) {
		browser.call = call
		browser.task = 'call'
	}
}

/**
 * @param asked what is done, and to which path
 * @param callId by which it can be cancelled
 */
function requestOf(asked: Pick<TestRequest, 'method' | 'path'> & Partial<TestRequest>, callId: string): TestRequest {
	return { query: [], headers: [], bodyEncoding: asked.body === undefined ? 'text' : 'base64', ...asked, callId }
}
