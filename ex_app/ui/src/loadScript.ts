/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

// While a classic script runs for the first time, the page knows which one it is.
const own = document.currentScript instanceof HTMLScriptElement ? document.currentScript : null
const nonce = own?.nonce ?? ''

/** Where the script of the page came from; empty in tests. */
export const ownUrl = own?.src ?? ''

/**
 * Run one more script on this page, and wait for it.
 *
 * @param url of the script
 */
export function loadScript(url: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const script = document.createElement('script')
		script.src = url
		script.nonce = nonce
		script.addEventListener('load', () => resolve())
		script.addEventListener('error', () => {
			script.remove()
			reject(new Error(url))
		})
		document.head.append(script)
	})
}
