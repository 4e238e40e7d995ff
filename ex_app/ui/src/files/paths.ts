/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

// A path is that of a directory or file below the location, as plain text: empty for the location itself, else `/out/2026`.

export interface Crumb {
	label: string
	path: string
}

/**
 * What somebody typed, as a path. `..` goes up, and no further than to the location.
 *
 * @param typed a path in any notation
 */
export function normalPath(typed: string): string {
	const names: string[] = []
	for (const name of typed.split('/')) {
		if (name === '..') {
			names.pop()
		} else if (name !== '' && name !== '.') {
			names.push(name)
		}
	}
	return names.map((name) => `/${name}`).join('')
}

/**
 * @param directory a path
 * @param name of something in it
 */
export function pathIn(directory: string, name: string): string {
	return `${directory}/${name}`
}

/**
 * @param path a path
 */
export function parentOf(path: string): string {
	return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

/**
 * @param path a path
 */
export function nameOf(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1)
}

/**
 * The way from the location to a directory.
 *
 * @param path a path
 * @param location of the source, which the first step is called by
 */
export function crumbsOf(path: string, location: string): Crumb[] {
	const names = path.split('/').slice(1)
	const root = { label: location.replace(/^[a-z]+:\/\//i, '').replace(/\/+$/, ''), path: '' }
	return [root, ...names.map((name, index) => ({ label: name, path: `/${names.slice(0, index + 1).join('/')}` }))]
}

/**
 * The address of a file, for other programs.
 *
 * @param location of the source
 * @param path a path
 */
export function urlOf(location: string, path: string): string {
	return location.replace(/\/+$/, '') + path.split('/').map(encodeURIComponent).join('/')
}

/**
 * Whether a server can know an entry by this name.
 *
 * @param name what was typed
 */
export function isName(name: string): boolean {
	// eslint-disable-next-line no-control-regex
	return name.trim() !== '' && name !== '.' && name !== '..' && !/[/\\\x00-\x1f]/.test(name)
}
