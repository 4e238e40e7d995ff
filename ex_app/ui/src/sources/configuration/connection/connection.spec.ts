/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { mount } from '@vue/test-utils'
import { describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, reactive } from 'vue'
import ConnectionSection from '../ConnectionSection.vue'
import { MASK } from '../../../api/mask.ts'
import { Problem } from '../../../api/problem.ts'
import { provideFieldErrors } from '../../../components/fieldErrors.ts'
import { aSource } from '../../../factories.ts'
import { unitOf } from './rateLimitWindow.ts'
import { statusesOf } from './statuses.ts'

vi.mock(import('../../../api/settings.ts'))

/**
 * @param changes to the connection of the source
 */
function mountSection(changes: Partial<ReturnType<typeof aSource>['connection']> = {}) {
	const source = aSource({ connection: { ...aSource().connection, ...changes } })
	const connection = reactive(structuredClone(source.connection))
	let take: (pointer: string) => void
	const Form = defineComponent({
		setup() {
			const fieldErrors = provideFieldErrors()
			take = (pointer) => {
				const errors = [{ pointer, detail: `wrong ${pointer}`, code: 'x' }]
				fieldErrors.take(new Problem('answer', 'Invalid', '', { type: 'x', title: 'Invalid', status: 422, detail: '', errors }))
			}
			return () => h(ConnectionSection, { modelValue: connection, source })
		},
	})
	const wrapper = mount(Form, { attachTo: document.body, global: { stubs: { NcCheckboxRadioSwitch: true } } })
	return { connection, wrapper, take: (pointer: string) => take(pointer), field: (label: string) => fieldOf(wrapper.element, label) }
}

/**
 * @param root where to look
 * @param label what the field is called
 */
function fieldOf(root: Element, label: string): HTMLInputElement | undefined {
	const found = [...root.querySelectorAll('label')].find((element) => element.textContent?.trim() === label)
	return root.querySelector<HTMLInputElement>(`[id="${found?.htmlFor}"]`) ?? undefined
}

/**
 * @param input a field
 * @param text what is typed
 */
async function type(input: HTMLInputElement | undefined, text: string) {
	input!.value = text
	input!.dispatchEvent(new Event('input'))
	await nextTick()
}

describe('the connection section', () => {
	it('asks for the details of what is used only', async () => {
		const { connection, field } = mountSection()
		expect(field('Proxy password')).toBeUndefined()
		expect(field('Statuses')).toBeUndefined()

		await type(field('Proxy address'), 'http://proxy.example:3128')
		await type(field('Retries at most'), '3')

		expect(connection.proxy).toEqual({ url: 'http://proxy.example:3128', username: '', password: '' })
		expect(connection.retry.maxRetries).toBe(3)
		expect(field('Proxy password')).toBeDefined()
		expect(field('Statuses')?.value).toBe('408, 429, 502, 503, 504')
	})

	it('forgets the proxy with its address, and brings it back with it', async () => {
		const { connection, field } = mountSection({ proxy: { url: 'http://proxy.example:1', username: 'u', password: MASK } })

		await type(field('Proxy address'), '')
		expect(connection.proxy).toBeNull()

		await type(field('Proxy address'), 'http://proxy.example:2')
		expect(connection.proxy).toEqual({ url: 'http://proxy.example:2', username: 'u', password: MASK })
	})

	it('has no rate limit until one is typed, and keeps its window in another unit', async () => {
		const { connection, wrapper, field } = mountSection()
		await type(field('Requests at most'), '60')
		expect(connection.rateLimit).toEqual({ limit: 60, windowMs: 60_000 })

		const units = wrapper.findAll('select').at(-1)!
		await units.setValue('hour')
		expect(connection.rateLimit).toEqual({ limit: 60, windowMs: 3_600_000 })

		await type(field('Requests at most'), '')
		expect(connection.rateLimit).toBeNull()
	})

	it.each([
		'/connection/retry/maxRetries',
		'/connection/retry/statuses/1',
		'/connection/retry/backoffMs',
		'/connection/proxy/url',
		'/connection/proxy/password',
		'/connection/caCertificates',
		'/connection/pinnedCertificates',
		'/connection/pinnedCertificates/10',
		'/connection/rateLimit/limit',
		'/connection/rateLimit/windowMs',
		'/connection/maxRedirects',
		'/connection/totalTimeoutMs',
	])('shows what is wrong at %s', async (pointer) => {
		const { wrapper, take } = mountSection({
			proxy: { url: 'http://proxy.example:1', username: '', password: MASK },
			retry: { ...aSource().connection.retry, maxRetries: 1 },
			rateLimit: { limit: 1, windowMs: 1000 },
		})

		take(pointer)
		await nextTick()
		await nextTick()

		expect(wrapper.findAll('[aria-invalid="true"]')).toHaveLength(1)
		expect(wrapper.text()).toContain(`wrong ${pointer}`)
	})

	it('warns of what can do harm', async () => {
		const { wrapper } = mountSection({ verifyTls: false, retry: { ...aSource().connection.retry, maxRetries: 1, allMethods: true } })

		expect(wrapper.text()).toContain('Anyone between here and there')
		expect(wrapper.text()).toContain('may take effect twice')
	})
})

describe('a window', () => {
	it.each([
		[1000, 'second'],
		[90_000, 'second'],
		[120_000, 'minute'],
		[3_600_000, 'hour'],
		[86_400_000, 'day'],
	])('of %i ms is shown in %ss', (windowMs, unit) => {
		expect(unitOf(windowMs)).toBe(unit)
	})
})

describe('statuses', () => {
	it('are separated by what people type', () => {
		expect(statusesOf(' 429,503; 504 ')).toEqual([429, 503, 504])
		expect(statusesOf('')).toEqual([])
	})

	it('that are no numbers are left to the server, which says where', () => {
		expect(JSON.stringify(statusesOf('429, abc'))).toBe('[429,null]')
	})
})
