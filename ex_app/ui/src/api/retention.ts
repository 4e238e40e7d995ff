/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { WorkState } from './logExports.ts'
import type { components } from './schema.d.ts'
import type { Settings } from './types.ts'

import { request } from './client.ts'

type Schemas = components['schemas']

/** How long calls are kept: of one source, or of all. Null: as the wider setting says. */
export type Retention = Settings['retention']
/** Whose bodies are kept at all. */
export type BodyKeeping = Settings['bodies']
/** What a clean-up would remove. */
export type Removal = Schemas['CleanUpPreview']
/** What it would remove of one source. */
export type SourceRemoval = Schemas['SourceRemoval']

/**
 * What a clean-up would remove if these settings held.
 *
 * @param retention the settings
 * @param source id of the source whose settings they are; without one they are those of all
 * @param signal gives up
 */
export function previewCleanUp(retention: Retention, source?: string, signal?: AbortSignal): Promise<Removal> {
	return request('POST', 'logs/clean-up/preview', { query: { source }, body: retention, signal })
}

/** Remove now what the stored settings let go. It is followed and cancelled as a deletion is. */
export function startCleanUp(): Promise<WorkState> {
	return request('POST', 'logs/clean-up')
}
