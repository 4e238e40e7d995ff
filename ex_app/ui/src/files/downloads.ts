/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

/** One file on its way to the disk. */
export interface Download {
	callId: string
	path: string
	/** As the directory says; null: not known */
	size: number | null
	/** Bytes that have come */
	received: number
	isCancelling: boolean
}

/** The address of what was downloaded is needed for a moment after the click. */
const RELEASE_MS = 10_000

/**
 * Lets the browser keep a file as it keeps all downloads.
 *
 * @param blob what came
 * @param name what the file is called
 */
export function saveFile(blob: Blob, name: string) {
	const link = document.createElement('a')
	link.href = URL.createObjectURL(blob)
	link.download = name
	link.click()
	window.setTimeout(() => URL.revokeObjectURL(link.href), RELEASE_MS)
}
