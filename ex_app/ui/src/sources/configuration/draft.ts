/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Source } from '../../api/types.ts'

import { toRaw } from 'vue'
import { t } from '../../l10n.ts'

const EDITED = ['name', 'slug', 'description', 'location', 'type', 'headers', 'query', 'authentication', 'connection', 'resultsPosition', 'pagination'] as const

/** The part of a source that the Configuration page edits. */
export type SourceDraft = Pick<Source, typeof EDITED[number]>

/**
 * A copy that can be edited without touching the source.
 *
 * @param source what is stored
 */
export function draftOf(source: Source): SourceDraft {
	const raw = toRaw(source)
	const parts = Object.fromEntries(EDITED.map((key) => [key, raw[key]]))
	return JSON.parse(JSON.stringify(parts)) as SourceDraft
}

/**
 * @param draft what was edited
 * @param source what is stored
 */
export function isChanged(draft: SourceDraft, source: Source): boolean {
	return changedParts(draft, source).length > 0
}

/**
 * Which parts differ, in the words of the page. The switch is told too, although the form does not edit it.
 *
 * @param mine what was edited, and what the switch on the page says
 * @param theirs what is stored
 */
export function differences(mine: SourceDraft & Pick<Source, 'isEnabled'>, theirs: Source): string[] {
	const words: Record<typeof EDITED[number], string> = {
		name: t('open_connector', 'Name'),
		slug: t('open_connector', 'Short name'),
		description: t('open_connector', 'Description'),
		location: t('open_connector', 'Location'),
		type: t('open_connector', 'Type'),
		headers: t('open_connector', 'Headers'),
		query: t('open_connector', 'Query parameters'),
		authentication: t('open_connector', 'Authentication'),
		connection: t('open_connector', 'Connection and logging'),
		resultsPosition: t('open_connector', 'Position of the records'),
		pagination: t('open_connector', 'Pages'),
	}
	const parts = changedParts(mine, theirs).map((key) => words[key])
	return mine.isEnabled === theirs.isEnabled ? parts : [...parts, t('open_connector', 'Enabled')]
}

/**
 * Whether tokens would be fetched in another way than with what is stored.
 *
 * @param draft what was edited
 * @param source what is stored
 */
export function affectsTokens(draft: SourceDraft, source: Source): boolean {
	return changedParts(draft, source).some((part) => part === 'authentication' || part === 'connection' || part === 'location')
}

/**
 * @param draft what was edited
 * @param source what is stored
 */
function changedParts(draft: SourceDraft, source: Source) {
	return EDITED.filter((key) => canonical(draft[key]) !== canonical(source[key]))
}

/**
 * The order of an object's members says nothing.
 *
 * @param value any part of a source
 */
function canonical(value: unknown): string {
	return JSON.stringify(value, (_, member) => {
		return typeof member === 'object' && member !== null && !Array.isArray(member)
			? Object.fromEntries(Object.entries(member).sort(([a], [b]) => a.localeCompare(b)))
			: member
	})
}
