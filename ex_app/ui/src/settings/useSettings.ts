/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { readSettings } from '../api/settings.ts'
import { useLoaded } from '../components/useLoaded.ts'

/** What administrators change for all sources, as it is stored. */
export function useSettings() {
	const { value: settings, ...loaded } = useLoaded(readSettings)
	return { settings, ...loaded }
}
