/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Inspection, OAuth2Authentication } from '../../api/authentication.ts'
import type { Authentication, Source } from '../../api/types.ts'
import type { SourceDraft } from './draft.ts'

import { enableAutoUnmount, flushPromises, mount, RouterLinkStub } from '@vue/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, nextTick, ref } from 'vue'
import AuthenticationSection from './AuthenticationSection.vue'
import { inspectKeyMaterial } from '../../api/keyMaterial.ts'
import { MASK } from '../../api/mask.ts'
import { Problem } from '../../api/problem.ts'
import { beginAuthorization, readToken } from '../../api/tokens.ts'
import { provideFieldErrors } from '../../components/fieldErrors.ts'
import { aSource } from '../../factories.ts'
import { emptyKey, emptyOAuth } from './authentication/oauth2/grants.ts'
import { draftOf, isChanged } from './draft.ts'

vi.mock(import('../../api/keyMaterial.ts'))
vi.mock(import('../../api/tokens.ts'))
vi.mock(import('vue-router'), async (original) => ({ ...await original(), RouterLink: RouterLinkStub as never }))

const KEY = '-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----'
const FOUND: Inspection = { kind: 'privateKey', key: null, certificates: [], thumbprints: null, needsPassphrase: false, problems: [], serviceAccount: null, suggestedAlgorithms: [], ssh: null }
const CERTIFICATE = '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----'

/**
 * @param authentication what is stored
 * @param changes to the source
 */
function mountSection(authentication: Authentication, changes: Partial<Source> = {}) {
	const source = ref(aSource({ authentication, ...changes }))
	const draft = ref<SourceDraft>(draftOf(source.value))
	let take: (...pointers: string[]) => void
	const wrapper = mount(defineComponent({
		setup() {
			const fieldErrors = provideFieldErrors()
			take = (...pointers) => {
				const errors = pointers.map((pointer) => ({ pointer, detail: `wrong ${pointer}`, code: 'x' }))
				fieldErrors.take(new Problem('answer', 'Invalid', '', { type: 'x', title: 'Invalid', status: 422, detail: '', errors }))
			}
			return () => h(AuthenticationSection, { modelValue: draft.value, source: source.value })
		},
	}), { attachTo: document.body, global: { stubs: { NcCheckboxRadioSwitch: true, NcActions: true, RouterLink: RouterLinkStub } } })
	const field = (label: string) => {
		const found = wrapper.findAll('label').find((element) => element.text() === label)
		return wrapper.find(`[id="${found?.attributes('for')}"]`)
	}
	return { source, draft, wrapper, field, take: (...pointers: string[]) => take(...pointers), isDirty: () => isChanged(draft.value, source.value) }
}

/**
 * @param changes to a scheme with nothing entered
 */
function oauth(changes: Partial<OAuth2Authentication> = {}): OAuth2Authentication {
	return { ...emptyOAuth(), clientId: 'c', tokenUrl: 'https://as.example/token', client: { method: 'client_secret_post', secret: MASK }, ...changes }
}

enableAutoUnmount(afterEach)
beforeEach(() => {
	vi.resetAllMocks()
	vi.mocked(readToken).mockResolvedValue(null)
	vi.mocked(inspectKeyMaterial).mockResolvedValue(FOUND)
})

describe('the authentication of a source', () => {
	it('is as stored after trying another scheme, with the masks of nested secrets', async () => {
		const { field, isDirty, draft } = mountSection(oauth())

		await field('Scheme').setValue('digest')
		expect(draft.value.authentication.type).toBe('digest')
		expect(isDirty()).toBe(true)

		await field('Scheme').setValue('oauth2')
		expect(isDirty()).toBe(false)
	})

	it('keeps secret and scope when grant and client authentication are others, and can go back', async () => {
		const { field, isDirty, draft } = mountSection(oauth({ scope: 'read' }))

		await field('Client authentication').setValue('client_secret_jwt')
		await field('Grant').setValue('password')
		expect(draft.value.authentication).toMatchObject({ scope: 'read', client: { method: 'client_secret_jwt', secret: MASK }, grant: { type: 'password', password: '' } })

		await field('Client authentication').setValue('client_secret_post')
		await field('Grant').setValue('client_credentials')
		expect(isDirty()).toBe(false)
	})

	it('advises against the password grant, and against secrets without TLS', async () => {
		const { field, wrapper } = mountSection(oauth())
		expect(wrapper.text()).not.toContain('RFC 9700')

		await field('Grant').setValue('password')
		await field('Token URL').setValue('http://as.example/token')

		expect(wrapper.text()).toContain('RFC 9700 advises against this grant')
		expect(wrapper.text()).toContain('Without TLS')

		await field('Token URL').setValue('http://localhost:8080/token')
		expect(wrapper.text()).not.toContain('Without TLS')
	})

	it.each([
		'/authentication/clientId',
		'/authentication/client/secret',
		'/authentication/tokenUrl',
		'/authentication/tokenLocation',
		'/authentication/extraParameters/0/value',
	])('shows what is wrong at %s, and unfolds it', async (pointer) => {
		const { wrapper, take, draft } = mountSection(oauth({ extraParameters: [{ name: 'a', value: 'b', isSecret: false }] }))
		draft.value.authentication = { ...draft.value.authentication, client: { method: 'client_secret_post', secret: 'typed' } } as Authentication

		take(pointer)
		await flushPromises()

		const wrong = wrapper.findAll('[aria-invalid="true"]')
		expect(wrong).toHaveLength(1)
		expect(wrong[0]!.element.closest('details:not([open])')).toBeNull()
	})

	it('fetches tokens with what is stored only', async () => {
		const { field, wrapper } = mountSection(oauth())
		await flushPromises()
		expect(wrapper.get('[data-testid="token-panel"]').text()).toContain('Get token')

		await field('Scope').setValue('write')

		expect(wrapper.get('[data-testid="token-panel"]').text()).toContain('Save first')
		expect(wrapper.get('[data-testid="token-panel"]').text()).not.toContain('Get token')
	})

	it('of a login shows the redirect URI before anything is saved', async () => {
		const { field, wrapper } = mountSection(oauth())

		await field('Grant').setValue('authorization_code')

		expect(wrapper.get('[data-testid="redirect-uri"]').text()).toContain('/main/connect')
	})
})

describe('the login at a provider', () => {
	/** A source whose login has not begun yet. */
	async function mountLogin() {
		vi.useFakeTimers()
		const assign = vi.spyOn(window.location, 'assign').mockReturnValue()
		vi.mocked(beginAuthorization).mockResolvedValue({ authorizationUrl: 'https://as.example/authorize?state=1' } as Awaited<ReturnType<typeof beginAuthorization>>)
		const { grant } = oauth()
		const section = mountSection(oauth({ grant: { ...grant, type: 'authorization_code' } as OAuth2Authentication['grant'] }))
		await flushPromises()
		const connect = () => section.wrapper.findAll('button').find((button) => button.text() === 'Connect')
		return { ...section, assign, connect }
	}

	it.each([
		['some time later', () => vi.advanceTimersByTime(5000)],
		['once it is back on the page', () => window.dispatchEvent(new Event('pageshow'))],
	])('can begin again when the browser stayed: %s', async (_, pass) => {
		const { assign, connect } = await mountLogin()
		await connect()!.trigger('click')
		await flushPromises()
		expect(assign).toHaveBeenCalledWith('https://as.example/authorize?state=1')
		expect(connect()!.attributes('disabled')).toBeDefined()

		pass()
		await nextTick()

		expect(connect()!.attributes('disabled')).toBeUndefined()
	})

	it('waits until everything in the form is saved', async () => {
		const { connect, draft, source, wrapper } = await mountLogin()

		draft.value.description = 'not saved'
		await nextTick()
		expect(connect()).toBeUndefined()
		expect(wrapper.get('[data-testid="token-panel"]').text()).toContain('Save first: a login leaves this page.')

		source.value = { ...source.value, description: 'not saved', version: 2 }
		await nextTick()
		expect(connect()).toBeDefined()
	})
})

describe('a stored key', () => {
	const client = { method: 'private_key_jwt', key: { ...emptyKey(), privateKey: MASK, certificate: CERTIFICATE, kid: '1' }, algorithm: 'RS256', audience: '', lifetimeSeconds: 120 } as const

	it('is a mask, is replaced on demand, and can be kept after all', async () => {
		const { wrapper, field, draft, isDirty } = mountSection(oauth({ client }))
		expect(field('Private key').exists()).toBe(false)

		await wrapper.get('[aria-label="Replace Private key"]').trigger('click')
		await field('Private key').setValue(KEY)
		expect(draft.value.authentication).toMatchObject({ client: { key: { privateKey: KEY, certificate: '', kid: '1' } } })

		await wrapper.findAll('button').find((button) => button.text() === 'Keep what is stored')!.trigger('click')
		expect(isDirty()).toBe(false)
		expect(field('Private key').exists()).toBe(false)
	})

	it('comes back with Discard', async () => {
		const { wrapper, field, draft, source } = mountSection(oauth({ client }))
		await wrapper.get('[aria-label="Replace Private key"]').trigger('click')
		await field('Private key').setValue(KEY)

		draft.value = draftOf(source.value)
		await nextTick()

		expect(wrapper.find('[aria-label="Replace Private key"]').exists()).toBe(true)
		expect(wrapper.html()).not.toContain('MIIE')
	})

	it('shows its certificate, which is public, and asks for no passphrase', async () => {
		vi.useFakeTimers()
		const { field } = mountSection(oauth({ client }))
		await vi.runOnlyPendingTimersAsync()

		expect(vi.mocked(inspectKeyMaterial).mock.calls.map(([content, passphrase]) => [content, passphrase])).toEqual([[CERTIFICATE, '']])
		expect(field('Passphrase').exists()).toBe(false)
	})
})

describe('a pasted key', () => {
	/**
	 * @param grant which one
	 * @param text what is pasted
	 * @param found what the server recognises in it
	 */
	async function paste(grant: OAuth2Authentication['grant'], text: string, found: Partial<Inspection>) {
		vi.useFakeTimers()
		const section = mountSection(oauth({ grant, client: { method: 'none' } }))
		vi.mocked(inspectKeyMaterial).mockResolvedValue({ ...FOUND, ...found })
		await section.field('Private key').setValue(text)
		await vi.runOnlyPendingTimersAsync()
		return section
	}
	const grant = { type: 'jwt_bearer', key: emptyKey(), algorithm: 'RS256', issuer: '', subject: '', audience: '', claims: '', lifetimeSeconds: 300 } as const

	it('brings its algorithm and its key id along', async () => {
		const key = { algorithm: 'EC', bits: 256, curve: 'P-256', kid: 'k1', isWeak: false }
		const { draft, wrapper } = await paste(grant, KEY, { key, suggestedAlgorithms: ['ES256'] })

		expect(draft.value.authentication).toMatchObject({ grant: { algorithm: 'ES256', key: { privateKey: KEY, kid: 'k1' } } })
		expect(wrapper.text()).toContain('Private key · EC P-256, 256 bits · key id k1')
	})

	it('of a service account fills in who signs and where tokens are', async () => {
		const file = JSON.stringify({ type: 'service_account', private_key: KEY, private_key_id: '9f86' })
		const serviceAccount = { clientEmail: 'a@b.example', tokenUri: 'https://oauth2.example/token', privateKeyId: '9f86', projectId: 'p' }
		const { draft } = await paste(grant, file, { kind: 'serviceAccount', serviceAccount })

		const filledIn = { issuer: 'a@b.example', key: { privateKey: KEY, kid: '9f86' } }
		expect(draft.value.authentication).toMatchObject({ tokenUrl: 'https://oauth2.example/token', grant: filledIn })
	})

	it('that is encrypted asks for its passphrase, and what is wrong is said', async () => {
		const problems = [{ severity: 'error' as const, field: 'passphrase' as const, text: 'The passphrase does not open this private key.' }]
		const { field, wrapper } = await paste(grant, KEY.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE'), { needsPassphrase: true, problems })

		expect(field('Passphrase').exists()).toBe(true)
		expect(wrapper.text()).toContain('The passphrase does not open this private key.')
	})
})

describe('a client certificate', () => {
	const clientCertificate = { pkcs12: '', passphrase: '', certificates: CERTIFICATE, privateKey: MASK }

	it('that was renewed keeps the stored key', async () => {
		const { wrapper, field, draft } = mountSection({ type: 'none' }, { connection: { ...aSource().connection, clientCertificate } })
		const renewed = CERTIFICATE.replace('MIIC', 'MIIX')

		await wrapper.get('[aria-label="Replace Certificate and private key"]').trigger('click')
		await field('Certificate and private key').setValue(renewed)

		expect(draft.value.connection.clientCertificate).toEqual({ ...clientCertificate, certificates: renewed })
	})

	it('shows what is wrong with it', async () => {
		const { wrapper, take } = mountSection({ type: 'none' }, { connection: { ...aSource().connection, clientCertificate: { ...clientCertificate, privateKey: KEY } } })

		take('/connection/clientCertificate/privateKey')
		await flushPromises()

		expect(wrapper.findAll('[aria-invalid="true"]')).toHaveLength(1)
		expect(wrapper.text()).toContain('wrong /connection/clientCertificate/privateKey')
	})
})

describe('a source of files', () => {
	const sftp = { type: 'ftp', location: 'sftp://files.example/out' } as const
	const stored: Authentication = { type: 'ssh_key', username: 'jan', privateKey: MASK, passphrase: '', publicKey: 'ssh-ed25519 AAAA', fingerprint: 'SHA256:abc' }

	/**
	 * @param authentication what is stored
	 * @param changes to the source
	 */
	function options(authentication: Authentication, changes: Partial<Source>): string[] {
		return mountSection(authentication, changes).field('Scheme').findAll('option').map((option) => option.text())
	}

	it('offers what its protocol knows, and nothing of HTTP', () => {
		expect(options({ type: 'none' }, sftp)).toEqual(['None', 'User name and password', 'SSH key'])
		expect(options({ type: 'none' }, { ...sftp, location: 'ftpes://files.example' })).toEqual(['None', 'User name and password'])
		expect(mountSection({ type: 'none' }, sftp).wrapper.text()).not.toContain('Client certificate')
	})

	it('that was one of HTTP says that its scheme does not fit', () => {
		const { wrapper, field } = mountSection({ type: 'bearer', token: MASK }, sftp)

		expect((field('Scheme').element as HTMLSelectElement).value).toBe('bearer')
		expect(wrapper.text()).toContain('Choose another scheme.')
	})

	it('shows the public half of a pasted key before it is saved', async () => {
		vi.useFakeTimers()
		const { wrapper, field, draft } = mountSection({ type: 'none' }, sftp)
		vi.mocked(inspectKeyMaterial).mockResolvedValue({ ...FOUND, ssh: { publicKey: 'ssh-ed25519 BBBB', fingerprint: 'SHA256:def' }, problems: [{ severity: 'warning', field: 'privateKey', text: 'Only SSH reads this format.' }] })

		await field('Scheme').setValue('ssh_key')
		await field('Private key').setValue(KEY)
		await vi.runOnlyPendingTimersAsync()

		expect(wrapper.get('[data-testid="public-key"]').text()).toContain('ssh-ed25519 BBBB')
		expect(wrapper.text()).not.toContain('Only SSH reads this format.')
		expect(draft.value.authentication).toMatchObject({ type: 'ssh_key', privateKey: KEY, publicKey: '' })
	})

	it('shows the public half of the stored key, until it is replaced', async () => {
		const { wrapper, field, draft, isDirty } = mountSection(stored, sftp)
		expect(wrapper.get('[data-testid="public-key"]').text()).toContain('ssh-ed25519 AAAA')

		await wrapper.get('[aria-label="Replace Private key"]').trigger('click')
		await field('Private key').setValue(KEY)
		expect(wrapper.find('[data-testid="public-key"]').exists()).toBe(false)
		expect(draft.value.authentication).toMatchObject({ username: 'jan', privateKey: KEY, publicKey: '' })

		await wrapper.findAll('button').find((button) => button.text() === 'Keep what is stored')!.trigger('click')
		expect(isDirty()).toBe(false)
	})
})
