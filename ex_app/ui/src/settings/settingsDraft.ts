/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Settings } from '../api/types.ts'

import { t } from '../l10n.ts'

/** The part of the settings that the page edits. */
export type SettingsDraft = Pick<Settings, 'egressAllow' | 'redactionNames' | 'retention' | 'bodies' | 'timeouts' | 'limits'>

/**
 * A copy that can be edited.
 *
 * @param settings what is stored
 */
export function draftOf(settings: Settings): SettingsDraft {
	return {
		egressAllow: [...settings.egressAllow],
		redactionNames: [...settings.redactionNames],
		retention: { ...settings.retention },
		bodies: { ...settings.bodies },
		timeouts: { ...settings.timeouts },
		limits: { ...settings.limits },
	}
}

/**
 * @param draft what was edited
 * @param settings what is stored
 */
export function isChanged(draft: SettingsDraft, settings: Settings): boolean {
	return differences(draft, settings).length > 0
}

/**
 * Which parts differ, in the words of the page.
 *
 * @param draft what was edited
 * @param settings what is stored
 */
export function differences(draft: SettingsDraft, settings: Settings): string[] {
	const words: Record<keyof SettingsDraft, string> = {
		egressAllow: t('open_connector', 'Allowed addresses'),
		redactionNames: t('open_connector', 'Secret names'),
		retention: t('open_connector', 'How long calls are kept'),
		bodies: t('open_connector', 'Whose bodies are kept'),
		timeouts: t('open_connector', 'Timeouts'),
		limits: t('open_connector', 'Limits'),
	}
	const keys = Object.keys(words) as (keyof SettingsDraft)[]
	return keys.filter((key) => JSON.stringify(draft[key]) !== JSON.stringify(settings[key])).map((key) => words[key])
}

/**
 * The draft with further entries on its allow list; those that are allowed already are left out.
 *
 * @param draft what was edited
 * @param settings what is stored, and what the environment allows
 * @param addresses what shall be allowed
 */
export function withAllowed(draft: SettingsDraft, settings: Settings, addresses: string[]): SettingsDraft {
	const known = new Set([...draft.egressAllow, ...settings.egressAllowEnvironment])
	return { ...draft, egressAllow: [...draft.egressAllow, ...new Set(addresses.filter((address) => !known.has(address)))] }
}
