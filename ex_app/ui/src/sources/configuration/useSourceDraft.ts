/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Source } from '../../api/types.ts'
import type { FieldErrors } from '../../components/fieldErrors.ts'

import { replaceSource } from '../../api/sources.ts'
import { useDraft } from '../../components/useDraft.ts'
import { draftOf, isChanged } from './draft.ts'

/**
 * The edited copy of a source and what becomes of it.
 *
 * @param stored the source as the page knows it
 * @param fieldErrors where mistakes are shown
 * @param saved is told about the new state
 */
export function useSourceDraft(stored: () => Source, fieldErrors: FieldErrors, saved: (source: Source) => void) {
	return useDraft(stored, {
		draftOf,
		isChanged,
		// The switch is not part of the form, so what it says now goes along.
		store: (base, draft, { isEnabled }) => replaceSource({ ...base, ...draft, isEnabled }),
	}, fieldErrors, saved)
}
