/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FormField, OperationForm, Service, SoapPort } from '../api/service.ts'

// What the specs of SOAP build their cases from.

/**
 * A field, and its path, from its name.
 *
 * @param name of the element or attribute
 * @param changes what the case is about
 */
export function aField(name: string, changes: Partial<FormField> = {}): FormField {
	return {
		name: name.replace(/^@/, ''),
		path: [name],
		kind: 'text',
		type: 'xsd:string',
		documentation: '',
		isRequired: false,
		isRepeated: false,
		isAttribute: name.startsWith('@'),
		isNillable: false,
		default: null,
		choices: [],
		pattern: null,
		min: null,
		max: null,
		maxLength: null,
		oneOf: null,
		isRecursive: false,
		fields: [],
		...changes,
	}
}

/**
 * @param name of the element
 * @param fields in it
 * @param changes what the case is about
 */
export function aGroup(name: string, fields: FormField[], changes: Partial<FormField> = {}): FormField {
	return aField(name, { kind: 'group', type: name, fields, ...changes })
}

/**
 * @param fields of its body
 * @param changes what the case is about
 */
export function aForm(fields: FormField[], changes: Partial<OperationForm> = {}): OperationForm {
	return { service: 'Calculator', port: 'CalculatorSoap', operation: 'Add', fields, headers: [], example: {}, ...changes }
}

/**
 * @param changes what the case is about
 */
export function aPort(changes: Partial<SoapPort> = {}): SoapPort {
	return {
		name: 'CalculatorSoap',
		version: '1.1',
		address: 'https://gis.example/v1',
		isLocation: true,
		wantsAddressing: false,
		operations: ['Add', 'Divide'].map((name) => ({ name, documentation: `${name} two numbers.`, style: 'document', soapAction: `urn:${name}`, isOneWay: false })),
		...changes,
	}
}

/**
 * @param changes what the case is about
 */
export function aService(changes: Partial<Service> = {}): Service {
	return {
		url: 'https://gis.example/v1?wsdl',
		isUploaded: false,
		fetchedAt: '2026-11-23T12:00:00Z',
		documents: ['https://gis.example/v1?wsdl'],
		services: [{ name: 'Calculator', documentation: '', ports: [aPort()] }],
		problem: null,
		call: null,
		...changes,
	}
}
