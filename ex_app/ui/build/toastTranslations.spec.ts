/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { toastTranslations } from './toastTranslations.ts'

const FILE = 'node_modules/@nextcloud/dialogs/dist/chunks/index.mjs'

type Transform = (this: { error: (text: string) => never }, code: string, id: string) => { code: string } | null

/**
 * @param code what the bundler has read
 * @param id where from
 */
function transform(code: string, id: string) {
	const fail = (text: string): never => {
		throw new Error(text)
	}
	return (toastTranslations().transform as Transform).call({ error: fail }, code, id)
}

describe('the translations of the toasts', () => {
	it('stay, and those of the file picker go', async () => {
		const before = await readFile(FILE, 'utf8')
		const after = transform(before, `/app/${FILE}`)!.code

		expect(after).toContain('{"msgid":"Undo","msgstr":["Ongedaan maken"]}')
		expect(after).not.toContain('Could not create the new folder')
		expect(after.length).toBeLessThan(before.length / 3)
	})

	it('are looked for in that package alone', () => {
		expect(transform('anything', '/app/src/main.ts')).toBeNull()
	})

	it('end the build when they are somewhere else', () => {
		expect(() => transform('anything', `/app/${FILE}`)).toThrow('not where they were')
	})
})
