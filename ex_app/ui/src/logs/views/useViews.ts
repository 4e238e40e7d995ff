/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { SavedView } from '../../api/logQuestions.ts'
import type { LogFilter } from '../logFilter.ts'

import { ref, shallowRef } from 'vue'
import { createView, deleteView, listViews, replaceView } from '../../api/logQuestions.ts'
import { toProblem } from '../../api/problem.ts'
import { toastSuccess, toastWithAction } from '../../components/toasts.ts'
import { t } from '../../l10n.ts'

/**
 * The saved views, which all administrators share.
 *
 * @param tell says why something failed
 */
export function useViews(tell: (error: unknown) => void) {
	const views = shallowRef<SavedView[]>([])
	const isLoaded = ref(false)

	/** The page works without them. */
	async function load() {
		try {
			views.value = await listViews()
			isLoaded.value = true
		} catch (error) {
			toProblem(error)
		}
	}

	/**
	 * Changes a view on the server, then here.
	 *
	 * @param change what to do
	 * @param text what to say when it is done
	 */
	async function change(change: () => Promise<SavedView>, text: (name: string) => string) {
		try {
			const view = await change()
			views.value = byName([...views.value.filter(({ id }) => id !== view.id), view])
			toastSuccess(text(view.name))
		} catch (error) {
			tell(error)
		}
	}

	/**
	 * Saves a question; a view that has this name already asks for it from now on.
	 *
	 * @param name of the view
	 * @param filter the question
	 */
	function save(name: string, filter: LogFilter) {
		const same = withName(name)
		return change(
			() => same ? replaceView(same.id, { name, ...filter }) : createView({ name, ...filter }),
			(saved) => t('open_connector', 'The view “{name}” was saved.', { name: saved }),
		)
	}

	/**
	 * @param view which one
	 * @param name its new name
	 */
	function rename(view: SavedView, name: string) {
		return change(
			() => replaceView(view.id, { name, query: view.query, sort: view.sort }),
			(saved) => t('open_connector', 'The view is called “{name}” now.', { name: saved }),
		)
	}

	/**
	 * Deletes a view, which a click brings back.
	 *
	 * @param view which one
	 */
	async function remove(view: SavedView) {
		try {
			await deleteView(view.id)
		} catch (error) {
			tell(error)
			return
		}
		views.value = views.value.filter(({ id }) => id !== view.id)
		toastWithAction(
			t('open_connector', 'The view “{name}” was deleted.', { name: view.name }),
			t('open_connector', 'Undo'),
			() => void save(view.name, { query: view.query, sort: view.sort }),
		)
	}

	/**
	 * @param name of a view
	 */
	function withName(name: string): SavedView | null {
		return views.value.find((view) => view.name.toLowerCase() === name.toLowerCase()) ?? null
	}

	return { views, isLoaded, load, save, rename, remove, withName }
}

/**
 * @param views in any order
 */
function byName(views: SavedView[]): SavedView[] {
	return views.sort((a, b) => a.name.localeCompare(b.name))
}
