/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { LocationQuery } from 'vue-router'
import type { AuthorizationReturn, Login } from '../api/authentication.ts'

import { ref, shallowRef } from 'vue'
import { Problem, toProblem } from '../api/problem.ts'
import { finishAuthorization } from '../api/tokens.ts'
import { textOf } from '../components/address.ts'
import { t } from '../l10n.ts'
import { recallLogin } from './pendingLogin.ts'

/**
 * What a provider has sent the browser back with (RFC 6749, section 4.1.2; RFC 9207).
 *
 * @param query of the address
 */
export function returnedIn(query: LocationQuery): Required<AuthorizationReturn> {
	return {
		state: textOf(query, 'state'),
		code: textOf(query, 'code'),
		iss: textOf(query, 'iss'),
		error: textOf(query, 'error'),
		errorDescription: textOf(query, 'error_description'),
	}
}

/** The end of a login, of which the address of the page tells. */
export function useConnect() {
	const login = shallowRef<Login | null>(null)
	const problem = shallowRef<Problem | null>(null)
	/** The source to go back to, as far as it is known */
	const slug = ref<string | null>(null)
	const isRunning = ref(false)

	/**
	 * Hand over what came back. It can be done once.
	 *
	 * @param returned what stood in the address
	 * @return whether the source is connected now
	 */
	async function finish(returned: Required<AuthorizationReturn>): Promise<boolean> {
		if (returned.state === '') {
			problem.value = returned.error === '' ? nothingReturned() : refusedWithoutState(returned)
			return false
		}
		slug.value = recallLogin(returned.state)
		isRunning.value = true
		try {
			login.value = await finishAuthorization(returned)
			slug.value = login.value.source.slug
			return login.value.token !== null
		} catch (error) {
			problem.value = toProblem(error)
			return false
		} finally {
			isRunning.value = false
		}
	}

	return { login, problem, slug, isRunning, finish }
}

/** Somebody has opened the page by hand, or loaded it again. */
function nothingReturned(): Problem {
	return new Problem(
		'answer',
		t('open_connector', 'There is no login to finish here'),
		t('open_connector', 'Providers send people back to this page after a login. Begin one at a source: Configuration, Authentication, Connect.'),
	)
}

/**
 * A provider that does not even repeat the state has not understood the request. What it says may be anybody's words.
 *
 * @param returned what stood in the address
 */
function refusedWithoutState(returned: Required<AuthorizationReturn>): Problem {
	return new Problem(
		'answer',
		t('open_connector', 'The provider refused the login'),
		t('open_connector', 'It says: {reason}', { reason: [returned.error, returned.errorDescription].filter(Boolean).join(': ') }),
	)
}
