/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { showError, showMessage, showSuccess, ToastType } from '@nextcloud/dialogs'
import { isCancelled, toProblem } from '../api/problem.ts'

/**
 * @param text what went well
 */
export function toastSuccess(text: string): void {
	showSuccess(escapeHtml(text))
}

/**
 * Says what went well, and offers what one would do next.
 *
 * @param text what went well
 * @param actionLabel what the button says
 * @param action what the button does
 */
export function toastWithAction(text: string, actionLabel: string, action: () => void): void {
	const message = document.createElement('span')
	message.textContent = `${text} `
	const button = document.createElement('button')
	button.type = 'button'
	button.className = 'open-connector-toast-action'
	button.textContent = actionLabel
	message.append(button)
	const toast = showMessage(message, { type: ToastType.SUCCESS })
	button.addEventListener('click', () => {
		toast.hideToast()
		action()
	})
}

/**
 * Says why a request failed; a cancelled one did not fail.
 *
 * @param error what was thrown
 */
export function toastProblem(error: unknown): void {
	if (!isCancelled(error)) {
		showError(escapeHtml(toProblem(error).message))
	}
}

/**
 * The toasts read their text as HTML and keep the words only, which eats everything that looks like a tag.
 *
 * @param text plain text
 */
function escapeHtml(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
