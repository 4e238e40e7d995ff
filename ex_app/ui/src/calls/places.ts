/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { RouteLocationRaw } from 'vue-router'
import type { Evidence, RemedyLink } from '../api/types.ts'

import { t } from '../l10n.ts'

/**
 * Where a remedy is carried out.
 *
 * @param link a page of the source, and perhaps a section of it; or the settings
 * @param source id or slug of the source
 */
export function placeOf(link: RemedyLink, source: string): RouteLocationRaw {
	if (link === 'settings') {
		return { name: 'settings' }
	}
	const [tab, section] = link.split('/')
	return { name: 'source', params: { source, tab }, hash: section ? `#${section}` : '' }
}

/**
 * @param link where a remedy is carried out
 */
export function placeName(link: RemedyLink): string {
	switch (link) {
		case 'configuration/authentication': return t('open_connector', 'Open Authentication')
		case 'configuration/connection': return t('open_connector', 'Open Connection')
		case 'configuration/files': return t('open_connector', 'Open Files')
		case 'configuration/records': return t('open_connector', 'Open Records')
		case 'configuration/soap': return t('open_connector', 'Open SOAP')
		case 'configuration/headers': return t('open_connector', 'Open Headers')
		case 'test': return t('open_connector', 'Open Test')
		case 'settings': return t('open_connector', 'Open Settings')
		default: return t('open_connector', 'Open Configuration')
	}
}

/**
 * The addresses that a policy refused, as the evidence names them.
 *
 * @param evidence what was seen
 */
export function refusedAddresses(evidence: Evidence[]): string[] {
	const names = [t('open_connector', 'Address'), 'Address'] // entries of earlier versions are English
	return evidence.filter(({ name }) => names.includes(name)).flatMap(({ value }) => value.split(/\s*,\s*/)).filter((address) => address !== '')
}

/**
 * The settings with addresses filled in as new entries of the allow list. Nothing is stored by going there.
 *
 * @param addresses what shall be allowed
 */
export function allowPlace(addresses: string[]): RouteLocationRaw {
	return { name: 'settings', query: { allow: addresses.join(',') } }
}
