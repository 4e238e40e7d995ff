/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { SourceType } from '../../api/types.ts'

import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import RecordsSection from './RecordsSection.vue'
import { provideFieldErrors } from '../../components/fieldErrors.ts'
import { aSource } from '../../factories.ts'
import { draftOf } from './draft.ts'
import { sections } from './sections.ts'

/**
 * @param type of the source
 */
function mountSection(type: SourceType) {
	const draft = ref(draftOf(aSource({ type })))
	return mount(defineComponent({
		setup() {
			provideFieldErrors()
			return () => h(RecordsSection, { modelValue: draft.value })
		},
	}))
}

describe('the settings of records', () => {
	it.each(['json', 'ftp'] as const)('are there for a source of type %s', (type) => {
		expect(sections(type).map(({ id }) => id)).toContain('records')
		expect(mountSection(type).text()).toContain('Position of the records')
	})

	it('ask for pages only where answers go on', () => {
		expect(mountSection('json').text()).toContain('Pages')
		expect(mountSection('ftp').text()).not.toContain('Pages')
	})
})
