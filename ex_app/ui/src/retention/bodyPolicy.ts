/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { BodyKeeping } from '../api/retention.ts'

export type BodyPolicy = NonNullable<BodyKeeping['policy']>
/** What can be chosen; the empty one says nothing, so that the wider setting holds. */
export type PolicyChoice = BodyPolicy | ''

/**
 * What of it holds now.
 *
 * @param bodies what was said
 * @param now the present, in ms
 */
export function policyAt(bodies: BodyKeeping, now: number): BodyPolicy {
	return hasEnded(bodies, now) ? 'errors' : bodies.policy ?? 'always'
}

/**
 * Whether its time has passed, so that only the bodies of failed calls are kept.
 *
 * @param bodies what was said
 * @param now the present, in ms
 */
export function hasEnded(bodies: BodyKeeping, now: number): boolean {
	return bodies.until !== null && new Date(bodies.until).getTime() <= now
}

/**
 * Whether there is something that can end: what holds from then on is what `errors` says.
 *
 * @param choice what is chosen
 */
export function canEnd(choice: PolicyChoice): choice is 'always' | 'never' {
	return choice === 'always' || choice === 'never'
}

/**
 * Another policy. Its end goes where there is nothing that can end.
 *
 * @param bodies what was said
 * @param choice what is chosen
 */
export function withPolicy(bodies: BodyKeeping, choice: PolicyChoice): BodyKeeping {
	return { ...bodies, policy: choice || null, until: canEnd(choice) ? bodies.until : null }
}

/**
 * Another end.
 *
 * @param bodies what was said
 * @param choice what is chosen, be it because nothing was said
 * @param until when it ends; null: never
 */
export function withUntil(bodies: BodyKeeping, choice: PolicyChoice, until: Date | null): BodyKeeping {
	const isTime = until !== null && !Number.isNaN(until.getTime())
	return { ...bodies, policy: isTime ? choice || null : bodies.policy, until: isTime ? until.toISOString() : null }
}
