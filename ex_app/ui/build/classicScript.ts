/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { Plugin } from 'vite'

import { existsSync, readdirSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'

/** What the browser may have to download before the first page shows. */
export const GZIP_LIMIT_KIB = 400

/** What it may have to download in addition, when code is shown for the first time. */
export const EDITOR_GZIP_LIMIT_KIB = 160

/** What the name of the editor's script begins with. */
export const EDITOR_PREFIX = 'open_connector-editor'

const MODULE_SYNTAX = /^\s*(?:import|export)\b(?!\s*\()|\bimport\.meta\b/m

/**
 * AppAPI puts the page's script in as `<script defer>`, never as a module, and caches it by name. So the bundle has to be one classic
 * script and one style sheet with hashed names; `js/manifest.json` tells the app which names to register.
 *
 * Vite builds into a folder of its own, and only a build that is good is moved to where the app serves it from.
 *
 * @param prefix what the hashed names begin with
 * @param target folder that holds `js` and `css`, relative to the root
 */
export function classicScript(prefix: string, target: string): Plugin {
	let outDir = ''
	let targetDir = ''
	return {
		name: 'open-connector:classic-script',
		apply: 'build',
		configResolved(config) {
			outDir = join(config.root, config.build.outDir)
			targetDir = join(config.root, target)
		},
		async writeBundle(_, bundle) {
			const files = Object.keys(bundle)
			const [script, ...moreScripts] = files.filter((name) => name.endsWith('.js'))
			const [style, ...moreStyles] = files.filter((name) => name.endsWith('.css'))
			if (!script || !style || moreScripts.length > 0 || moreStyles.length > 0) {
				this.error(`Expected one script and one style sheet, got ${files.join(', ')}`)
			}
			if (MODULE_SYNTAX.test(await readFile(join(outDir, script), 'utf8'))) {
				this.error(`${script} holds module syntax; AppAPI loads it as a classic script`)
			}

			const [scriptKib, styleKib] = await Promise.all([script, style].map((name) => gzippedKib(join(outDir, name)))) as [number, number]
			const total = scriptKib + styleKib
			this.info(`gzipped: script ${scriptKib.toFixed(1)} KiB + style ${styleKib.toFixed(1)} KiB = ${total.toFixed(1)} KiB of at most ${GZIP_LIMIT_KIB} KiB`)
			if (total > GZIP_LIMIT_KIB) {
				this.error(`The bundle is larger than ${GZIP_LIMIT_KIB} KiB`)
			}

			for (const name of [script, style]) {
				await mkdir(dirname(join(targetDir, name)), { recursive: true })
				await rename(join(outDir, name), join(targetDir, name))
			}
			const editor = editorScript(targetDir)
			await writeFile(join(targetDir, 'js/manifest.json'), `${JSON.stringify({ script, style, editor: `js/${editor}` }, null, 2)}\n`)
			await removeEarlierBuilds(targetDir, prefix, [script, style])
			await rm(outDir, { recursive: true })
		},
	}
}

/**
 * The script of the editor, which the page loads by itself. It is built before the page, which has to know its name.
 *
 * @param prefix what the hashed name begins with
 * @param target folder that holds `js`, relative to the root
 */
export function editorOnly(prefix: string, target: string): Plugin {
	let outDir = ''
	let targetDir = ''
	return {
		name: 'open-connector:editor',
		apply: 'build',
		configResolved(config) {
			outDir = join(config.root, config.build.outDir)
			targetDir = join(config.root, target)
		},
		async writeBundle(_, bundle) {
			const [script, ...others] = Object.keys(bundle)
			if (!script || others.length > 0 || MODULE_SYNTAX.test(await readFile(join(outDir, script), 'utf8'))) {
				this.error(`Expected one classic script, got ${Object.keys(bundle).join(', ')}`)
			}
			const kib = await gzippedKib(join(outDir, script))
			this.info(`gzipped: editor ${kib.toFixed(1)} KiB of at most ${EDITOR_GZIP_LIMIT_KIB} KiB`)
			if (kib > EDITOR_GZIP_LIMIT_KIB) {
				this.error(`The editor is larger than ${EDITOR_GZIP_LIMIT_KIB} KiB`)
			}
			await mkdir(join(targetDir, 'js'), { recursive: true })
			await rename(join(outDir, script), join(targetDir, script))
			await removeEarlierBuilds(targetDir, prefix, [script])
			await rm(outDir, { recursive: true })
		},
	}
}

/**
 * The file name of the editor's script; empty where it has not been built.
 *
 * @param targetDir folder that holds `js`
 */
export function editorScript(targetDir: string): string {
	const folder = join(targetDir, 'js')
	const names = existsSync(folder) ? readdirSync(folder) : []
	return names.find((name) => name.startsWith(EDITOR_PREFIX)) ?? ''
}

/**
 * Hashed names pile up otherwise, and the app would ship them all.
 *
 * @param targetDir folder that holds `js` and `css`
 * @param prefix what the names of our files begin with
 * @param keep what this build wrote, relative to the folder
 */
async function removeEarlierBuilds(targetDir: string, prefix: string, keep: string[]) {
	for (const folder of ['js', 'css']) {
		for (const name of await readdir(join(targetDir, folder)).catch(() => [])) {
			if (name.startsWith(prefix) && !keep.includes(`${folder}/${name}`)) {
				await rm(join(targetDir, folder, name))
			}
		}
	}
}

/**
 * @param file path
 */
async function gzippedKib(file: string): Promise<number> {
	return gzipSync(await readFile(file), { level: 9 }).byteLength / 1024
}
