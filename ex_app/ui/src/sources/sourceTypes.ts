/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { SourceType } from '../api/types.ts'

import { t } from '../l10n.ts'

export interface SourceTypeOption {
	value: SourceType
	label: string
	/** One line that explains it */
	help: string
	/** What its location may look like */
	location: string
}

/** The types on offer, each with one line that explains it. */
export function sourceTypes(): SourceTypeOption[] {
	const location = 'https://api.example.com/v1'
	return [
		{ value: 'json', label: 'JSON', location, help: t('open_connector', 'A web API that answers with JSON, such as most REST APIs.') },
		{ value: 'xml', label: 'XML', location, help: t('open_connector', 'A web API that answers with XML.') },
		{ value: 'soap', label: 'SOAP', location: 'https://soap.example.com/service', help: t('open_connector', 'A web service that is described by a WSDL and called with XML envelopes.') },
		{ value: 'ftp', label: t('open_connector', 'FTP / SFTP'), location: 'sftp://files.example.org/out', help: t('open_connector', 'A server with files and folders, reached by SFTP, or by FTP with or without TLS.') },
	]
}

/**
 * Short, for tables: the location beside it tells which FTP it is.
 *
 * @param type a source's type
 */
export function sourceTypeLabel(type: SourceType): string {
	return type.toUpperCase()
}

/** How a file server is spoken to; the location begins with it. */
export type FileScheme = 'sftp' | 'ftps' | 'ftpes' | 'ftp'

const FILE_SCHEMES: FileScheme[] = ['sftp', 'ftps', 'ftpes', 'ftp']

/**
 * @param location of a source, as far as it was typed
 * @return null when it is none of a file server
 */
export function fileScheme(location: string): FileScheme | null {
	const scheme = /^([a-z]+):\/\//i.exec(location.trim())?.[1]?.toLowerCase()
	return FILE_SCHEMES.find((known) => known === scheme) ?? null
}

/**
 * What a location begins with, and what that means.
 *
 * @param type of the source
 * @param location as far as it was typed
 */
export function locationHelp(type: SourceType, location: string): string {
	if (type !== 'ftp') {
		return t('open_connector', 'The address that all calls begin with.')
	}
	switch (fileScheme(location)) {
		case 'sftp': return t('open_connector', 'SFTP: files over SSH. The path is the folder that no call leaves.')
		case 'ftps': return t('open_connector', 'FTP with TLS from the first byte (implicit, port 990). The path is the folder that no call leaves.')
		case 'ftpes': return t('open_connector', 'FTP that begins TLS before the login (explicit, port 21). The path is the folder that no call leaves.')
		case 'ftp': return t('open_connector', 'FTP without TLS. The path is the folder that no call leaves.')
		default: return t('open_connector', 'sftp:// is SFTP, ftps:// FTP with implicit TLS, ftpes:// FTP with explicit TLS, and ftp:// FTP without TLS.')
	}
}
