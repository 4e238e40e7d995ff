/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyPlace, NodePage } from '../../api/bodies.ts'

import { listNodes } from '../../api/bodies.ts'
import { JsonDocument } from './jsonDocument.ts'

/** Where the nodes of a tree come from. */
export interface NodeSource {
	page: (path: string, offset: number, limit: number) => Promise<NodePage>
	/** A node as it came, with all that is below; absent: only what `page` tells is known */
	text?: (path: string) => string
}

/**
 * The tree of a body that the page has whole.
 *
 * @param text JSON
 * @return null when it is not JSON
 */
export function localNodes(text: string): NodeSource | null {
	const tree = JsonDocument.read(text)
	return tree && {
		page: async (path, offset, limit) => tree.page(path, offset, limit),
		text: (path) => tree.source(path),
	}
}

/**
 * The tree of a body that the server has.
 *
 * @param place which body
 */
export function storedNodes(place: BodyPlace): NodeSource {
	return { page: (path, offset, limit) => listNodes(place, path, offset, limit) }
}
