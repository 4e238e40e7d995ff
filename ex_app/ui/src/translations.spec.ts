/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { register, setLanguage, unregister } from '@nextcloud/l10n'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { t } from './l10n.ts'
import { fileOf, loadMissingTranslations, PATIENCE_MS } from './translations.ts'

/** The scripts that the page has asked for. What comes of them, a test says. */
const asked: HTMLScriptElement[] = []

beforeEach(() => {
	vi.spyOn(document.head, 'append').mockImplementation((...nodes) => {
		asked.push(...nodes as HTMLScriptElement[])
	})
})

afterEach(() => {
	vi.restoreAllMocks()
	asked.length = 0
	setLanguage('en')
	unregister('open_connector')
})

describe('translations that Nextcloud has not loaded', () => {
	it('come through the proxy, before the page goes on', async () => {
		setLanguage('de-DE')
		const loading = loadMissingTranslations()
		expect(asked.map((script) => new URL(script.src).pathname)).toEqual(['/index.php/apps/app_api/proxy/open_connector/l10n/de_DE.js'])
		register('open_connector', { Sources: 'Quellen' })
		asked[0]!.dispatchEvent(new Event('load'))
		await loading
		expect(t('open_connector', 'Sources')).toBe('Quellen')
	})

	it('are gone without when they cannot be had', async () => {
		setLanguage('nl')
		const loading = loadMissingTranslations()
		asked[0]!.dispatchEvent(new Event('error'))
		await loading
		expect(t('open_connector', 'Sources')).toBe('Sources')
	})

	it('are not waited for longer than a moment', async () => {
		vi.useFakeTimers()
		setLanguage('nl')
		const loading = loadMissingTranslations()
		await vi.advanceTimersByTimeAsync(PATIENCE_MS)
		await loading
	})

	it('are not asked for where there are some, or none are needed', async () => {
		await loadMissingTranslations()
		register('open_connector', { Sources: 'Bronnen' })
		setLanguage('nl')
		await loadMissingTranslations()
		expect(asked).toEqual([])
	})
})

describe('the file of a language', () => {
	it.each([['nl', 'nl'], ['de', 'de'], ['de-DE', 'de_DE'], ['de-AT', 'de'], ['en', undefined], ['en-GB', undefined], ['it', undefined]])('%s is in %s', (language, file) => {
		expect(fileOf(language)).toBe(file)
	})
})
