/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FileEntry } from '../api/files.ts'

import { mdiFileOutline, mdiFolder, mdiOpenInNew } from '@mdi/js'
import { t } from '../l10n.ts'

/**
 * @param entry of a directory
 */
export function entryIcon(entry: FileEntry): string {
	switch (entry.type) {
		case 'directory': return mdiFolder
		case 'link': return mdiOpenInNew
		default: return mdiFileOutline
	}
}

/**
 * @param type of an entry
 */
export function typeWords(type: FileEntry['type']): string {
	switch (type) {
		case 'directory': return t('open_connector', 'Folder')
		case 'link': return t('open_connector', 'Link')
		case 'other': return t('open_connector', 'Neither file nor folder')
		default: return t('open_connector', 'File')
	}
}
