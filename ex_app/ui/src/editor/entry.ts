/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { createEditor } from './createEditor.ts'

// A script of its own, which the page loads when it shows code for the first time: see loadEditor.ts.
window.openConnectorEditor = { createEditor }
