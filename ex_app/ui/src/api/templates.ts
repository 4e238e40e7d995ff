/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Preview, TemplateText } from './authentication.ts'

import { request, segment } from './client.ts'

/**
 * Fill in the placeholders of texts as a call would, with masks where secrets and tokens would stand.
 *
 * @param sourceId id or slug of the source whose fields they name
 * @param texts what to fill in, and what each is called
 */
export async function previewTemplates(sourceId: string, texts: TemplateText[]): Promise<Preview[]> {
	const { results } = await request<{ results: Preview[] }>('POST', `sources/${segment(sourceId)}/templates/preview`, { body: { texts } })
	return results
}
