/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { ref } from 'vue'
import { toProblem } from '../api/problem.ts'
import { listSources } from '../api/sources.ts'

/** As many as the API gives at once. With more sources than that, one filters from the source's own page. */
const MOST = 200

/** The sources to filter by, and their names. */
export function useSourceNames() {
	const options = ref<{ value: string, label: string }[]>([])
	const names = ref(new Map<string, string>())

	/** The page works without. */
	async function load() {
		try {
			const { results } = await listSources({ sort: 'name', limit: MOST })
			options.value = results.map(({ slug, name }) => ({ value: slug, label: name }))
			names.value = new Map(results.flatMap(({ id, slug, name }) => [[id, name], [slug, name]]))
		} catch (error) {
			toProblem(error)
		}
	}

	return { options, load, nameOf: (source: string) => names.value.get(source) }
}
