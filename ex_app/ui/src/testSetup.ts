/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { afterEach, beforeEach, vi } from 'vitest'

// What Nextcloud puts on every page, as far as its libraries ask for it.
Object.assign(window, { _oc_webroot: '', _oc_config: { modRewriteWorking: false }, _nc_initial_state: new Map([['#initial-state-core-capabilities', {}]]) })
document.documentElement.lang = 'en'
document.documentElement.dataset.locale = 'en'

beforeEach(() => {
	localStorage.clear()
})
afterEach(() => {
	vi.useRealTimers()
	document.body.replaceChildren()
})
