/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { ClientCertificate, Inspection, SigningKey } from '../../../../api/authentication.ts'

import { MASK } from '../../../../api/mask.ts'
import { isBinary, serviceAccountOf, splitPem } from './keyText.ts'

/**
 * What the field shows of a key that was pasted; nothing of one that is stored.
 *
 * @param key a key
 */
export function textOfKey(key: SigningKey): string {
	return key.privateKey === MASK ? '' : [key.privateKey, key.certificate].filter(Boolean).join('\n')
}

/**
 * A key with what was pasted. A certificate alone goes together with the key that is stored.
 *
 * @param key what was entered so far
 * @param text what was pasted
 * @param stored what is stored, if anything
 */
export function withKeyText(key: SigningKey, text: string, stored: SigningKey | null): SigningKey {
	const account = serviceAccountOf(text)
	if (account) {
		return { ...key, privateKey: account.privateKey, kid: account.privateKeyId, certificate: '' }
	}
	const { certificates, rest } = splitPem(text)
	return { ...key, privateKey: keyIn(rest, certificates, stored?.privateKey), certificate: certificates }
}

/**
 * What the field shows of a client certificate that was pasted; nothing of one that is stored.
 *
 * @param certificate a client certificate
 */
export function textOfCertificate(certificate: ClientCertificate): string {
	return certificate.privateKey === MASK ? '' : [certificate.pkcs12, certificate.privateKey, certificate.certificates].filter(Boolean).join('\n')
}

/**
 * A client certificate with what was pasted. Certificates alone, such as renewed ones, go together with the key that is stored.
 *
 * @param text what was pasted, or a PKCS#12 file in base64
 * @param stored what is stored, if anything
 */
export function certificateFrom(text: string, stored: ClientCertificate | null): ClientCertificate {
	if (isBinary(text)) {
		return { pkcs12: text.trim(), passphrase: '', certificates: '', privateKey: '' }
	}
	const { certificates, rest } = splitPem(text)
	return { pkcs12: '', passphrase: '', certificates, privateKey: keyIn(rest, certificates, stored?.privateKey) }
}

/**
 * @param rest what was pasted beside certificates
 * @param certificates those
 * @param stored the key that is stored, as a mask
 */
function keyIn(rest: string, certificates: string, stored: string | undefined): string {
	return rest === '' && certificates !== '' && stored === MASK ? MASK : rest
}

/**
 * The algorithm that goes with a key: the chosen one if the key can do it.
 *
 * @param chosen what is chosen
 * @param inspection what the key is
 */
export function algorithmFor<T extends string>(chosen: T, inspection: Inspection): T {
	const [usual] = inspection.suggestedAlgorithms as T[]
	return usual === undefined || inspection.suggestedAlgorithms.includes(chosen) ? chosen : usual
}
