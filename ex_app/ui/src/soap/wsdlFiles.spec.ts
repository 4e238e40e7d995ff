/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { textOf, uploadOf } from './wsdlFiles.ts'

/**
 * @param name of the file
 * @param text in it
 */
function aFile(name: string, text: string) {
	return { name, bytes: new TextEncoder().encode(text) }
}

const schema = aFile('types.xsd', '<?xml version="1.0"?>\n<xs:schema/>')
const bindings = aFile('bindings.wsdl', '<wsdl:definitions><wsdl:types/></wsdl:definitions>')
const main = aFile('service.wsdl', '<wsdl:definitions><wsdl:import location="sub/bindings.wsdl"/><xs:import schemaLocation="types.xsd"/></wsdl:definitions>')

describe('chosen files', () => {
	it('are a WSDL and what it imports, in any order', () => {
		expect(uploadOf([schema, bindings, main])).toEqual({
			content: '<wsdl:definitions><wsdl:import location="sub/bindings.wsdl"/><xs:import schemaLocation="types.xsd"/></wsdl:definitions>',
			imports: { 'types.xsd': '<xs:schema/>', 'bindings.wsdl': '<wsdl:definitions><wsdl:types/></wsdl:definitions>' },
		})
	})

	it('say what is wrong with them', () => {
		expect(() => uploadOf([schema])).toThrow('None of these files is a WSDL.')
		expect(() => uploadOf([bindings, aFile('other.wsdl', '<definitions/>')])).not.toThrow('None')
		expect(() => uploadOf([bindings, aFile('other.wsdl', '<definitions name="x"></definitions>')])).toThrow('several WSDLs')
		expect(() => uploadOf([aFile('big.wsdl', `<definitions >${' '.repeat(5 * 1024 * 1024)}`)])).toThrow('big.wsdl is too large')
	})

	it('are read in the encoding that they declare, which is not true any more then', () => {
		const latin = Uint8Array.from('<?xml version="1.0" encoding="ISO-8859-1"?><definitions n="caf\u00e9"/>', (char) => char.charCodeAt(0))
		const utf16 = Uint8Array.from('\u00ff\u00fe' + [...'<?xml version="1.0" encoding="UTF-16"?><d n="é"/>'].map((char) => `${char}\0`).join(''), (char) => char.charCodeAt(0))

		expect(textOf(latin)).toBe('<definitions n="café"/>')
		expect(textOf(utf16)).toBe('<d n="é"/>')
		expect(textOf(new TextEncoder().encode('\uFEFF<d n="é"/>'))).toBe('<d n="é"/>')
		expect(textOf(new TextEncoder().encode('<?xml version="1.0" encoding="no-such"?><d n="é"/>'))).toBe('<d n="é"/>')
	})
})
