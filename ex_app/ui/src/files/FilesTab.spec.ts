/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Source } from '../api/types.ts'

import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createMemoryHistory } from 'vue-router'
import FilesTab from './FilesTab.vue'
import { cancelCall, testSource, verifySource } from '../api/calls.ts'
import { downloadFile, listFiles } from '../api/files.ts'
import { choose } from '../components/confirm.ts'
import { toastProblem } from '../components/toasts.ts'
import { aBody, aCall, aListing, anEntry, anExchange, aSource, someEntries } from '../factories.ts'
import { createAppRouter } from '../router.ts'
import { askFileName } from './askFileName.ts'
import { saveFile } from './downloads.ts'

vi.mock(import('../api/files.ts'))
vi.mock(import('../api/calls.ts'))
vi.mock(import('../components/confirm.ts'))
vi.mock(import('../components/toasts.ts'))
vi.mock(import('./askFileName.ts'))
vi.mock(import('./downloads.ts'))

const list = vi.mocked(listFiles)
const call = vi.mocked(testSource)

const ALLOWED = { ...aSource().connection, files: { allowChanges: true, mode: 'passive', encoding: 'utf-8' } } as const
const TRACE = [{ atMs: 1, isSent: true, text: 'MLSD' }]

/**
 * @param changes to the call
 */
function aFileCall(changes: Parameters<typeof aCall>[0] = {}) {
	const response = { ...anExchange().response!, statusCode: 226, reason: 'Transfer complete.', headers: [], body: null }
	return { ...aCall({ method: 'LIST', url: 'ftp://files.example/out', statusCode: 226, reason: 'Transfer complete.', exchanges: [anExchange({ trace: TRACE, request: { ...anExchange().request, method: changes.method ?? 'LIST' }, response })], ...changes }), pages: null }
}

/**
 * @param changes to the source
 * @param query of the address
 * @param pinia what is remembered
 */
async function mountTab(changes: Partial<Source> = {}, query = '', pinia = createPinia()) {
	const router = createAppRouter(createMemoryHistory())
	await router.push(`/sources/parcels/test${query}`)
	const source = aSource({ type: 'ftp', location: 'ftp://files.example/out', ...changes })
	const wrapper = mount(FilesTab, { attachTo: document.body, props: { source }, global: { plugins: [pinia, router], stubs: { NcActions: true, BodyViewer: true } } })
	await flushPromises()
	const row = (name: string) => wrapper.findAll('tbody tr').find((element) => element.text().includes(name))!
	const button = (label: string) => wrapper.findAll('button').find((element) => element.text() === label || element.attributes('aria-label') === label)!
	const press = async (key: string) => {
		await wrapper.get('[role="grid"]').trigger('keydown', { key })
		await flushPromises()
	}
	return { router, wrapper, pinia, row, button, press }
}

enableAutoUnmount(afterEach)
beforeEach(() => {
	vi.resetAllMocks()
	vi.mocked(cancelCall).mockResolvedValue()
	list.mockResolvedValue(aListing({ call: aFileCall(), entries: [anEntry({ name: '2026', type: 'directory', size: null }), anEntry()] }))
	call.mockResolvedValue(aFileCall({ method: 'GET' }))
})

describe('the file browser', () => {
	it('reads the directory of the address, and shows what stands in it', async () => {
		const { wrapper } = await mountTab({}, '?path=/in')

		expect(list.mock.calls[0]![1]).toMatchObject({ path: '/in', search: '', sort: 'name', offset: 0, limit: 200, listingId: null })
		expect(wrapper.get('[data-testid="files"]').text()).toContain('report.csv')
		expect(wrapper.text()).toContain('2 entries')
		expect(wrapper.get('[data-testid="response-status"]').text()).toContain('Success · 226')
		expect(wrapper.text()).toContain('MLSD')
	})

	it('makes no call when one leaves the page, and none when one comes back', async () => {
		const { router, wrapper, pinia } = await mountTab({}, '?path=/in')

		await router.push('/sources/parcels/logs')
		await flushPromises()
		wrapper.unmount()
		const again = await mountTab({}, '', pinia)

		expect(list).toHaveBeenCalledTimes(1)
		expect(again.router.currentRoute.value.query.path).toBe('/in')
		expect(again.wrapper.get('[data-testid="files"]').text()).toContain('report.csv')
	})

	it('reads anew what another version of the source has read', async () => {
		const { wrapper, pinia } = await mountTab()
		wrapper.unmount()

		await mountTab({ version: 2 }, '', pinia)

		expect(list).toHaveBeenCalledTimes(2)
	})

	it('makes no call for a source that is disabled', async () => {
		const { wrapper } = await mountTab({ isEnabled: false })

		expect(list).not.toHaveBeenCalled()
		expect(wrapper.text()).toContain('Not read yet')
	})

	it('is walked through with the keyboard, and back with the browser', async () => {
		const { router, press } = await mountTab()

		await press('Enter')
		expect(router.currentRoute.value.query.path).toBe('/2026')
		await press('Backspace')
		expect(router.currentRoute.value.query.path).toBeUndefined()
		expect(list.mock.calls.map(([, { path }]) => path)).toEqual(['', '/2026', ''])

		await press('ArrowDown')
		await press('Enter')
		expect(call.mock.calls[0]![1]).toMatchObject({ method: 'GET', path: '/report.csv' })
	})

	it('shows a small file at once, and a large one when it is asked for', async () => {
		list.mockResolvedValue(aListing({ entries: [anEntry(), anEntry({ name: 'large.bin', size: 50_000_000 })] }))
		const { row, button, wrapper } = await mountTab()

		await row('large.bin').trigger('click')
		expect(call).not.toHaveBeenCalled()
		expect(button('Preview the first 1 MiB').exists()).toBe(true)

		call.mockResolvedValue(aFileCall({ method: 'GET', exchanges: [anExchange({ trace: TRACE, response: { ...anExchange().response!, body: aBody({ content: 'name;size', mediaType: 'text/plain' }) } })] }))
		await row('report.csv').trigger('click')
		await flushPromises()
		expect(call.mock.calls[0]![1]).toMatchObject({ method: 'GET', path: '/report.csv', bodyEncoding: 'text' })
		expect(wrapper.get('[data-testid="file"]').text()).toContain('report.csv')
	})

	it('passes on where the records of a file are', async () => {
		call.mockResolvedValue(aFileCall({ method: 'GET', exchanges: [anExchange({ trace: TRACE, response: { ...anExchange().response!, body: aBody() } })] }))
		const { row, wrapper } = await mountTab()
		await row('report.csv').trigger('click')
		await flushPromises()

		wrapper.getComponent({ name: 'BodyViewer' }).vm.$emit('usePosition', 'data.items')

		expect(wrapper.emitted('usePosition')).toEqual([['data.items']])
	})

	it('asks for another order or search of what was read, without a call', async () => {
		vi.useFakeTimers()
		const { wrapper, button } = await mountTab()
		list.mockResolvedValue(aListing())

		await button('Size').trigger('click')
		await wrapper.get('input[type="search"]').setValue('rep')
		await vi.runOnlyPendingTimersAsync()

		const asked = list.mock.calls.slice(1).map(([, { listingId, sort, search }]) => [listingId, sort, search])
		expect(asked).toEqual([[aListing().listingId, '-size', ''], [aListing().listingId, '-size', 'rep']])
	})

	it('fetches what comes into sight of a long directory', async () => {
		vi.useFakeTimers()
		list.mockResolvedValue(aListing({ entries: someEntries(200), total: 100_000 }))
		const { press, wrapper } = await mountTab()
		expect(wrapper.findAll('tbody tr').length).toBeLessThan(100)

		const grid = wrapper.get('[role="grid"]')
		Object.defineProperty(grid.element, 'clientHeight', { value: 400 })
		await press('End')
		await grid.trigger('scroll')
		await vi.runOnlyPendingTimersAsync()

		expect(list.mock.calls.at(-1)![1]).toMatchObject({ offset: 99_800, listingId: aListing().listingId })
		expect(wrapper.get('[role="grid"]').attributes('aria-rowcount')).toBe('100001')
	})

	it('says why a directory cannot be read, once', async () => {
		const diagnosis = { type: 'login_refused', title: 'The login was refused', detail: 'User name or password is wrong.', phase: 'authentication', remedies: [], evidence: [] } as const
		list.mockResolvedValue(aListing({ listingId: null, entries: [], call: aFileCall({ outcome: 'auth_error', errorType: 'login_refused', statusCode: 530, diagnosis: { ...diagnosis, remedies: [], evidence: [] } }) }))
		const { wrapper } = await mountTab()

		expect(wrapper.findAll('[data-testid="diagnosis"]')).toHaveLength(1)
		expect(wrapper.text()).toContain('The login was refused')
		expect(wrapper.get('[data-testid="response-status"]').text()).toContain('Login refused · 530')
	})

	it('ends what runs', async () => {
		list.mockReturnValue(new Promise(() => {}))
		const { button } = await mountTab()

		await button('Cancel').trigger('click')

		expect(vi.mocked(cancelCall)).toHaveBeenCalledWith(list.mock.calls[0]![1].callId)
	})

	it('goes the way step by step', async () => {
		vi.mocked(verifySource).mockResolvedValue({ passed: true, steps: [], call: aFileCall() })
		const { button, wrapper } = await mountTab()

		await button('Verify').trigger('click')
		await flushPromises()

		expect(vi.mocked(verifySource).mock.calls[0]![1]).toMatchObject({ path: '' })
		expect(wrapper.get('[data-testid="verify-status"]').text()).toContain('Verified')
	})
})

describe('downloads', () => {
	/**
	 * @param pinia what is remembered
	 */
	async function begin(pinia = createPinia()) {
		const finish = new Map<string, () => void>()
		vi.mocked(downloadFile).mockImplementation((_, path, { signal, onProgress } = {}) => new Promise((resolve, reject) => {
			onProgress?.(1000)
			signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))
			finish.set(path, () => resolve(new Blob(['x'])))
		}))
		list.mockResolvedValue(aListing({ entries: [anEntry({ name: 'large.bin', size: 50_000_000 }), anEntry({ name: 'other.bin', size: 50_000_000 })] }))
		const tab = await mountTab({}, '', pinia)
		await tab.row('large.bin').trigger('click')
		await tab.button('Download').trigger('click')
		return { ...tab, finish }
	}

	it('go on when another file is chosen, and when one leaves the page and comes back', async () => {
		const { row, wrapper, pinia, finish } = await begin()
		await row('other.bin').trigger('click')
		wrapper.unmount()
		expect(vi.mocked(downloadFile).mock.calls[0]![2]!.signal!.aborted).toBe(false)

		const again = await mountTab({}, '', pinia)
		expect(again.wrapper.get('[data-testid="downloads"]').text()).toContain('large.bin')
		finish.get('/large.bin')!()
		await flushPromises()

		expect(vi.mocked(saveFile)).toHaveBeenCalledWith(expect.any(Blob), 'large.bin')
		expect(again.wrapper.find('[data-testid="downloads"]').exists()).toBe(false)
	})

	it('are made of several files at once, and of each file once', async () => {
		const { row, wrapper, button } = await begin()
		expect(button('Download').attributes('disabled')).toBeDefined()

		await row('other.bin').trigger('click')
		await button('Download').trigger('click')

		expect(wrapper.findAll('[data-testid="downloads"] li').map((item) => item.text())).toMatchObject([/large\.bin/, /other\.bin/].map((name) => expect.stringMatching(name)))
	})

	it('end on the server, too, when they are cancelled', async () => {
		const { wrapper, button } = await begin()
		const [, , options] = vi.mocked(downloadFile).mock.calls[0]!

		await button('Cancel download').trigger('click')
		await flushPromises()

		expect(vi.mocked(cancelCall)).toHaveBeenCalledWith(options!.callId)
		expect(options!.signal!.aborted).toBe(true)
		expect(wrapper.find('[data-testid="downloads"]').exists()).toBe(false)
		expect(vi.mocked(toastProblem)).not.toHaveBeenCalled()
		expect(wrapper.emitted('called')!.length).toBeGreaterThan(0)
	})
})

describe('changes', () => {
	it('are not offered unless the source allows them, which one line says', async () => {
		const { wrapper, button, press } = await mountTab()

		expect(button('Upload')).toBeUndefined()
		await press('Delete')
		expect(vi.mocked(choose)).not.toHaveBeenCalled()
		expect(wrapper.get('a[href$="#files"]').text()).toBe('Allow changes')
	})

	it('upload files, and ask before one is replaced', async () => {
		const { wrapper } = await mountTab({ connection: ALLOWED })
		vi.mocked(choose).mockResolvedValue('skip')
		const input = wrapper.get<HTMLInputElement>('[data-testid="upload"]')
		Object.defineProperty(input.element, 'files', { value: [new File(['a'], 'report.csv'), new File(['b'], 'new.csv')] })
		list.mockImplementation(async (_, { search }) => aListing({ call: null, entries: search === 'report.csv' ? [anEntry()] : [] }))

		await input.trigger('change')
		await vi.waitFor(() => expect(call).toHaveBeenCalledTimes(1))
		await flushPromises()

		expect(call.mock.calls[0]![1]).toMatchObject({ method: 'PUT', path: '/new.csv', body: 'Yg==', bodyEncoding: 'base64' })
		expect(vi.mocked(choose).mock.calls[0]![0].text[0]).toContain('report.csv')
	})

	it('delete after a question that names the file', async () => {
		const { press } = await mountTab({ connection: ALLOWED })
		vi.mocked(choose).mockResolvedValue('delete')

		await press('ArrowDown')
		await press('Delete')

		expect(vi.mocked(choose).mock.calls[0]![0].title).toBe('Delete “report.csv”?')
		expect(call.mock.calls[0]![1]).toMatchObject({ method: 'DELETE', path: '/report.csv' })
		expect(list).toHaveBeenCalledTimes(2)
	})

	it('rename, and make directories', async () => {
		const { press, button } = await mountTab({ connection: ALLOWED }, '?path=/in')
		vi.mocked(askFileName).mockResolvedValueOnce('2027').mockResolvedValueOnce('more')

		await press('F2')
		await button('New folder').trigger('click')
		await flushPromises()

		expect(call.mock.calls[0]![1]).toMatchObject({ method: 'MOVE', path: '/in/2026', destination: '/in/2027' })
		expect(call.mock.calls[1]![1]).toMatchObject({ method: 'MKCOL', path: '/in/more' })
	})

	it('that fail say why, and read nothing again', async () => {
		const { press, wrapper } = await mountTab({ connection: ALLOWED })
		vi.mocked(choose).mockResolvedValue('delete')
		const diagnosis = { type: 'file_directory_not_empty', title: 'The folder is not empty', detail: '', phase: 'response' as const, remedies: [], evidence: [] }
		call.mockResolvedValue(aFileCall({ method: 'DELETE', outcome: 'http_error', errorType: 'file_directory_not_empty', statusCode: 550, diagnosis }))

		await press('Delete')

		expect(wrapper.get('[data-testid="diagnosis"]').text()).toContain('The folder is not empty')
		expect(list).toHaveBeenCalledTimes(1)
	})
})
