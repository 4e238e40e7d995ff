/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

/** More fields than that are more than one can look over */
export const LARGE_FORM = 30
