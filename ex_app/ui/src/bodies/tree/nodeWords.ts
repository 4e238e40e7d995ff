/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyNode, NodeKind } from '../../api/bodies.ts'

import { formatNumber } from '../../components/format.ts'
import { n } from '../../l10n.ts'

/**
 * How many nodes are below one, in words that fit its kind.
 *
 * @param node which one
 */
export function countWords(node: BodyNode): string {
	const { kind, count } = node
	const placeholders = { count: formatNumber(count) }
	switch (kind) {
		case 'object': return n('open_connector', '{count} member', '{count} members', count, placeholders)
		case 'array': return n('open_connector', '{count} item', '{count} items', count, placeholders)
		default: return n('open_connector', '{count} node', '{count} nodes', count, placeholders)
	}
}

/**
 * A value as it is shown in a line.
 *
 * @param node which one
 */
export function valueWords(node: BodyNode): string {
	const text = `${node.value ?? ''}${node.isCut ? '…' : ''}`
	return node.kind === 'string' ? `"${text}"` : text
}

/** Kinds that one reads as text; `literal` and `quiet` as in the text view. */
const TONES: Record<NodeKind, 'text' | 'literal' | 'quiet' | 'plain'> = {
	object: 'quiet',
	array: 'quiet',
	string: 'text',
	number: 'literal',
	boolean: 'literal',
	null: 'literal',
	element: 'plain',
	attribute: 'text',
	text: 'plain',
	comment: 'quiet',
	instruction: 'quiet',
}

/**
 * @param kind of a node
 */
export function toneOf(kind: NodeKind) {
	return TONES[kind]
}
