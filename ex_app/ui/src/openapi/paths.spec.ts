/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { OperationSummary } from './descriptionApi.ts'

import { describe, expect, it } from 'vitest'
import { missingIn, operationOf, pathWith, placeholdersOf, search, valuesIn } from './paths.ts'

/**
 * @param method of the operation
 * @param path of the operation
 * @param summary of the operation
 */
function anOperation(method: string, path: string, summary = ''): OperationSummary {
	return { key: `${method} ${path}`, method, path, summary, tags: [], isDeprecated: false }
}

const template = '/pets/{petId}/notes/{noteId}'

describe('a path template', () => {
	it('names its placeholders, and leaves ours alone', () => {
		expect(placeholdersOf(template)).toEqual(['petId', 'noteId'])
		expect(placeholdersOf('/pets/{{ id }}')).toEqual([])
	})

	it('is filled in so that a value stays one part of the path', () => {
		expect(pathWith(template, { petId: 'a/b c', noteId: 'me@home' })).toBe('/pets/a%2Fb%20c/notes/me@home')
	})

	it('keeps the placeholders that have no value', () => {
		expect(pathWith(template, { petId: '7' })).toBe('/pets/7/notes/{noteId}')
		expect(missingIn(template, '/pets/7/notes/{noteId}')).toEqual(['noteId'])
		expect(missingIn(template, '/pets/7/notes/1')).toEqual([])
	})

	it('gives the values back that it was filled with', () => {
		for (const petId of ['7', 'a/b c', '{{ secret | upper }}', '50%', '?', 'é', '{']) {
			expect(valuesIn(template, pathWith(template, { petId, noteId: '1' }))).toEqual({ petId, noteId: '1' })
		}
	})

	it('sends what the server fills in as it is', () => {
		expect(pathWith('/pets/{petId}', { petId: '{{ a/b }}' })).toBe('/pets/{{ a/b }}')
	})

	it('does not fit another path', () => {
		expect(valuesIn(template, '/pets/7')).toBeNull()
		expect(valuesIn('/pets', '/pets/7')).toBeNull()
		expect(valuesIn('/a.b', '/aXb')).toBeNull()
	})

	it('is compared with a long path in no time', () => {
		expect(valuesIn('/pets/{petId}/x', `/pets/${'{{ a }}'.repeat(500)}`)).toBeNull()
	})

	it('fits a path with a query', () => {
		expect(valuesIn('/pets/{petId}', '/pets/7?full=true')).toEqual({ petId: '7' })
	})
})

describe('the operation of a request', () => {
	const operations = [anOperation('GET', '/pets/{petId}'), anOperation('GET', '/pets/mine'), anOperation('DELETE', '/pets/{petId}')]

	it('has the method, and the fewest placeholders', () => {
		expect(operationOf(operations, 'GET', '/pets/mine')?.path).toBe('/pets/mine')
		expect(operationOf(operations, 'GET', '/pets/7')?.path).toBe('/pets/{petId}')
		expect(operationOf(operations, 'DELETE', '/pets/mine')?.method).toBe('DELETE')
	})

	it('is none for a request that nobody describes', () => {
		expect(operationOf(operations, 'POST', '/pets/7')).toBeNull()
		expect(operationOf(operations, 'GET', '')).toBeNull()
	})
})

describe('the search for operations', () => {
	const operations = [anOperation('POST', '/owners', 'Add the owner of pets'), anOperation('GET', '/pets', 'List'), anOperation('POST', '/pets', 'Add')]

	it('finds all words in path, summary and method', () => {
		expect(search(operations, 'post add').map(({ key }) => key)).toEqual(['POST /owners', 'POST /pets'])
		expect(search(operations, 'OWNER')).toHaveLength(1)
		expect(search(operations, 'nothing')).toEqual([])
	})

	it('shows those first whose path begins with what was typed', () => {
		expect(search(operations, '/pets').map(({ key }) => key)).toEqual(['GET /pets', 'POST /pets'])
		expect(search(operations, 'pets').map(({ key }) => key)).toEqual(['POST /owners', 'GET /pets', 'POST /pets'])
	})

	it('finds everything for nothing', () => {
		expect(search(operations, ' ')).toHaveLength(3)
	})
})
