/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { describe, expect, it } from 'vitest'
import { aSource } from '../factories.ts'
import { countOperations, findOperation, nameOf, sourceAt } from './offer.ts'
import { aPort, aService } from './samples.ts'

const http = aPort({ name: 'CalculatorHttp', operations: [] })
const service = aService({
	services: [
		{ name: 'Empty', documentation: '', ports: [http] },
		{ name: 'Calculator', documentation: '', ports: [http, aPort(), aPort({ name: 'CalculatorSoap12', version: '1.2' })] },
	],
})

describe('an operation', () => {
	it('is found by its names', () => {
		const name = { service: 'Calculator', port: 'CalculatorSoap12', operation: 'Divide' }

		expect(nameOf(findOperation(service, name)!)).toEqual(name)
	})

	it('that is gone is followed by the closest one, at a port that has some', () => {
		expect(nameOf(findOperation(service, null)!)).toEqual({ service: 'Calculator', port: 'CalculatorSoap', operation: 'Add' })
		expect(nameOf(findOperation(service, { service: 'Calculator', port: 'CalculatorSoap12', operation: 'Gone' })!)).toMatchObject({ port: 'CalculatorSoap12', operation: 'Add' })
		expect(findOperation(aService({ services: [] }), null)).toBeNull()
	})

	it('counts once for each port', () => {
		expect(countOperations(service)).toBe(4)
	})
})

describe('a source that calls where its WSDL says', () => {
	const port = aPort({ address: 'https://other.example/soap' })

	it('keeps where the WSDL is', () => {
		expect(sourceAt(aSource(), aService(), port)).toMatchObject({ location: port.address, connection: { soap: { wsdlUrl: 'https://gis.example/v1?wsdl', addressing: 'auto' } } })
	})

	it('has no address of a WSDL that was uploaded', () => {
		expect(sourceAt(aSource(), aService({ isUploaded: true }), port).connection.soap.wsdlUrl).toBe('')
	})
})
