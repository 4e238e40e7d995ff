/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { textsOf } from './texts.mjs'

/**
 * @param name of the file
 * @param code in it
 */
function keysOf(name: string, code: string): string[] {
	const { texts, faults } = textsOf(name, code)
	expect(faults).toEqual([])
	return texts.map(([text]) => text)
}

describe('the texts of a file', () => {
	it('are found with their lines', () => {
		const code = 'export function words() {\n\treturn [\n\t\tt(\'open_connector\', \'One\'),\n\t\tt(\'open_connector\', `Two`, { x: 1 })]\n}'
		expect(textsOf('words.ts', code)).toEqual({ texts: [['One', 3], ['Two', 4]], faults: [] })
	})

	it('are one key where they depend on a number', () => {
		expect(keysOf('a.ts', 'const word = (count) => n(\'open_connector\', \'%n call\', \'%n calls\', count)')).toEqual(['_%n call_::_%n calls_'])
	})

	it('stand in all parts of a component', () => {
		const code = `<script setup lang="ts">
const first = t('open_connector', 'In the script')
</script>

<template>
	<div v-if="shown" :title="t('open_connector', 'In an attribute')" @click="say(t('open_connector', 'In an event')); close()">
		<p v-for="word in [t('open_connector', 'In a loop')]" :key="word" :class="{ [t('open_connector', 'In an object')]: true }">
			{{ shown ? t('open_connector', 'In a text') : '' }}
		</p>
		<Box><template #header="{ size }">{{ t('open_connector', 'In a slot', { size }) }}</template></Box>
	</div>
</template>`
		expect(keysOf('Box.vue', code).sort()).toEqual(['In a loop', 'In a slot', 'In a text', 'In an attribute', 'In an event', 'In an object', 'In the script'])
	})

	it('are as the running code has them', () => {
		const code = '<template><p :title="t(\'open_connector\', \'Say &quot;hello&quot;\')">{{ t(\'open_connector\', \'It\\\'s\') }}</p></template>'
		expect(keysOf('Box.vue', code)).toEqual(['Say "hello"', 'It\'s'])
	})

	it('may be put together from literals', () => {
		expect(keysOf('a.ts', 'const f = () => t(\'open_connector\', \'A long \' + \'text\')')).toEqual(['A long text'])
	})
})

describe('what nobody can translate is a fault', () => {
	it.each([
		['a variable', '() => t(\'open_connector\', text)', 'a.ts:1: a text of t() is no literal'],
		['a choice', '() => t(\'open_connector\', a ? \'x\' : \'y\')', 'a.ts:1: a text of t() is no literal'],
		['a template with a value', '() => t(\'open_connector\', `${count} calls`)', 'a.ts:1: a text of t() is no literal'],
		['a missing plural', '() => n(\'open_connector\', \'one\')', 'a.ts:1: a text of n() is no literal'],
		['another app', '() => t(\'files\', \'Delete\')', 'a.ts:1: the first argument of t() is not'],
		['a text that is asked for too early', 'const LABEL = t(\'open_connector\', \'Delete\')', 'a.ts:1: t() runs before'],
	])('%s', (_, code, fault) => {
		const { texts, faults } = textsOf('a.ts', code)
		expect(texts).toEqual([])
		expect(faults).toEqual([expect.stringContaining(fault)])
	})
})
