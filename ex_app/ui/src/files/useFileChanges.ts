/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FileEntry } from '../api/files.ts'
import type { Call, Source } from '../api/types.ts'
import type { Change } from './filesStore.ts'

import { computed } from 'vue'
import { choose } from '../components/confirm.ts'
import { toastProblem, toastSuccess } from '../components/toasts.ts'
import { n, t } from '../l10n.ts'
import { askFileName } from './askFileName.ts'
import { useFilesStore } from './filesStore.ts'
import { pathIn } from './paths.ts'
import { namesTaken, sendAll, uploadsOf } from './uploads.ts'

/**
 * What changes the files of a source. The server refuses all of it unless the source allows it.
 *
 * @param source whose files
 * @param path of the directory that is shown
 * @param changed is told when the directory is another now
 */
export function useFileChanges(source: () => Source, path: () => string, changed: () => Promise<void>) {
	const store = useFilesStore()
	const browser = computed(() => store.browserOf(source().id))

	/**
	 * @param change what to do
	 * @param done what to say when it is done
	 */
	async function make(change: Change, done: string) {
		const call = await store.change(source(), change)
		if (call?.outcome === 'success') {
			toastSuccess(done)
			await changed()
		}
	}

	/** Makes a directory in the one that is shown. */
	async function makeFolder() {
		const name = await askFileName({ title: t('open_connector', 'New folder'), action: t('open_connector', 'Create'), name: '' })
		if (name !== null) {
			await make({ method: 'MKCOL', path: pathIn(path(), name) }, t('open_connector', 'Folder “{name}” created', { name }))
		}
	}

	/**
	 * @param entry of the directory that is shown
	 */
	async function rename(entry: FileEntry) {
		const name = await askFileName({ title: t('open_connector', 'Rename “{name}”', { name: entry.name }), action: t('open_connector', 'Rename'), name: entry.name })
		if (name !== null && name !== entry.name) {
			browser.value.selected = null
			await make({ method: 'MOVE', path: pathIn(path(), entry.name), destination: pathIn(path(), name) }, t('open_connector', 'Renamed to “{name}”', { name }))
		}
	}

	/**
	 * @param entry of the directory that is shown
	 */
	async function remove(entry: FileEntry) {
		const { name } = entry
		const answer = await choose({
			title: t('open_connector', 'Delete “{name}”?', { name }),
			text: [entry.type === 'directory'
				? t('open_connector', 'The folder is deleted on the server. A folder that is not empty is kept.')
				: t('open_connector', 'The file is deleted on the server, and cannot be brought back from here.')],
			choices: [
				{ value: 'keep', label: t('open_connector', 'Keep') },
				{ value: 'delete', label: t('open_connector', 'Delete'), variant: 'error' },
			],
		})
		if (answer === 'delete') {
			await make({ method: 'DELETE', path: pathIn(path(), name) }, t('open_connector', '“{name}” deleted', { name }))
			if (browser.value.call?.outcome === 'success' && browser.value.selected?.entry.name === name) {
				browser.value.selected = null
			}
		}
	}

	/**
	 * Uploads into the directory that is shown, and asks before anything is replaced.
	 *
	 * @param chosen the files
	 */
	async function upload(chosen: File[]) {
		if (chosen.length === 0) {
			return
		}
		const directory = path()
		const files = await withoutTaken(directory, chosen)
		if (files.length === 0) {
			return
		}
		browser.value.uploads = uploadsOf(files)
		await sendAll(browser.value.uploads, files, directory, async (target, body) => reasonOf(await store.change(source(), { method: 'PUT', path: target, body })))
		const done = browser.value.uploads.filter(({ state }) => state === 'done').length
		if (done > 0) {
			toastSuccess(n('open_connector', '%n file uploaded', '%n files uploaded', done))
			await changed()
		}
	}

	/**
	 * @param directory where the files shall be
	 * @param files which ones
	 * @return those that shall be uploaded
	 */
	async function withoutTaken(directory: string, files: File[]): Promise<File[]> {
		let taken: string[]
		try {
			taken = await namesTaken(source(), directory, browser.value.listing?.id ?? null, files.map(({ name }) => name))
		} catch (error) {
			toastProblem(error)
			return []
		}
		const answer = taken.length === 0 ? 'replace' : await askToReplace(taken, files.length > taken.length)
		return answer === 'replace' ? files : answer === 'skip' ? files.filter(({ name }) => !taken.includes(name)) : []
	}

	/**
	 * @param call what came of an upload
	 * @return why it has failed; empty when it has not, and null when it was cancelled
	 */
	function reasonOf(call: Call | null): string | null {
		if (!call || call.errorType === 'cancelled') {
			return browser.value.problem?.message ?? null
		}
		return call.outcome === 'success' ? '' : call.diagnosis?.title ?? t('open_connector', 'Failed')
	}

	return { makeFolder, rename, remove, upload }
}

/**
 * @param names of what is there already
 * @param hasOthers there are files that replace nothing
 */
function askToReplace(names: string[], hasOthers: boolean) {
	return choose({
		title: n('open_connector', 'Replace “{name}”?', 'Replace %n files?', names.length, { name: names[0]! }),
		text: [
			t('open_connector', 'On the server there is already: {names}', { names: names.join(', ') }),
			t('open_connector', 'What is replaced cannot be brought back from here.'),
		],
		choices: [
			{ value: 'keep', label: t('open_connector', 'Cancel') },
			...(hasOthers ? [{ value: 'skip' as const, label: t('open_connector', 'Upload only the others') }] : []),
			{ value: 'replace', label: t('open_connector', 'Replace'), variant: 'error' },
		],
	})
}
