/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { OfferedOperation } from './offer.ts'

import { t } from '../l10n.ts'

/**
 * How an operation is spoken to, in one line.
 *
 * @param offered an operation
 */
export function operationFacts(offered: OfferedOperation): string {
	const { port, operation } = offered
	return [
		`SOAP ${port.version}`,
		operation.style === 'rpc' ? 'RPC' : 'document',
		operation.soapAction && t('open_connector', 'action {action}', { action: operation.soapAction }),
		port.wantsAddressing && 'WS-Addressing',
		operation.isOneWay && t('open_connector', 'one way: nothing comes back'),
	].filter(Boolean).join(' · ')
}
