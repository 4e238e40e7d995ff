/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { defineStore } from 'pinia'
import { ref } from 'vue'

/** What the browser's window and its history call the page. */
export const usePageStore = defineStore('page', () => {
	/** Name of what the page shows, where that is more than the name of the list; the page takes it back when it goes. */
	const subject = ref('')
	return { subject }
})
