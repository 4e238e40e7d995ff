/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { translate, translatePlural } from '@nextcloud/l10n'

type Placeholders = Record<string, string | number>

// Vue escapes every text that it puts on the page, so the escaping and sanitising of @nextcloud/l10n would show `&amp;` to the user.
const PLAIN = { escape: false, sanitize: false }

/**
 * A text in the user's language.
 *
 * @param app the app id
 * @param text the English text, with `{placeholders}`
 * @param placeholders what to put in
 */
export function t(app: string, text: string, placeholders: Placeholders = {}): string {
	return translate(app, text, placeholders, PLAIN)
}

/**
 * A text that depends on a number, which `%n` stands for.
 *
 * @param app the app id
 * @param singular the English text for one
 * @param plural the English text for all other numbers
 * @param count the number
 * @param placeholders what else to put in
 */
export function n(app: string, singular: string, plural: string, count: number, placeholders: Placeholders = {}): string {
	return translatePlural(app, singular, plural, count, placeholders, PLAIN)
}
