/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

/** What the API shows instead of a stored secret. Sent back, it keeps what is stored. */
export const MASK = '••••••••'
