/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Inspection, KeyFacts } from '../../../../api/authentication.ts'
import type { Tone } from '../../../../calls/outcome.ts'

import { t } from '../../../../l10n.ts'

/**
 * What was pasted, in a few words: "Private key · RSA, 2,048 bits · key id 2026-11".
 *
 * @param inspection what the server recognised
 */
export function materialWords(inspection: Inspection): string {
	const { key } = inspection
	return [kindWords(inspection.kind), key && keyWords(key), key?.kid && t('open_connector', 'key id {kid}', { kid: key.kid })].filter(Boolean).join(' · ')
}

/**
 * How good it is: the worst of what was found.
 *
 * @param inspection what the server recognised
 */
export function materialTone(inspection: Inspection): Tone {
	const severities = inspection.problems.map(({ severity }) => severity)
	if (severities.includes('error')) {
		return 'error'
	}
	return severities.includes('warning') ? 'warning' : 'success'
}

/**
 * What a key is for SSH: that its format is one of SSH's is no reason to warn then.
 *
 * @param inspection what the server recognised
 */
export function asSshKey(inspection: Inspection): Inspection {
	const isGood = inspection.ssh !== null && !inspection.key?.isWeak
	return isGood ? { ...inspection, problems: inspection.problems.filter(({ severity }) => severity === 'error') } : inspection
}

/**
 * @param key what is public about a key
 */
export function keyWords(key: KeyFacts): string {
	const name = key.curve ? `${key.algorithm} ${key.curve}` : key.algorithm
	return t('open_connector', '{algorithm}, {bits} bits', { algorithm: name, bits: key.bits })
}

/**
 * @param kind what it is
 */
function kindWords(kind: Inspection['kind']): string {
	switch (kind) {
		case 'privateKey': return t('open_connector', 'Private key')
		case 'certificate': return t('open_connector', 'Certificate')
		case 'certificateAndKey': return t('open_connector', 'Certificate and private key')
		case 'pkcs12': return t('open_connector', 'PKCS#12 file')
		case 'jwk': return t('open_connector', 'JWK')
		case 'serviceAccount': return t('open_connector', 'Google service account')
		default: return t('open_connector', 'Not recognised')
	}
}
