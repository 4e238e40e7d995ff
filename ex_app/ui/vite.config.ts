/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { classicScript, EDITOR_PREFIX, editorOnly, editorScript } from './build/classicScript.ts'
import { toastTranslations } from './build/toastTranslations.ts'
import manifest from './package.json' with { type: 'json' }

const NAME = 'open_connector-main'

// `vite build --mode editor` builds the script of the editor, and has to come first: the page holds its name.
export default defineConfig(({ mode }) => ({
	plugins: mode === 'editor' ? [editorOnly(EDITOR_PREFIX, '..')] : [vue(), toastTranslations(), classicScript(NAME, '..')],
	define: {
		// @nextcloud/vue and @nextcloud/logger name the app they run in by these two.
		appName: JSON.stringify(manifest.name),
		appVersion: JSON.stringify(manifest.version),
		EDITOR_SCRIPT: JSON.stringify(editorScript(fileURLToPath(new URL('..', import.meta.url)))),
		'process.env.NODE_ENV': JSON.stringify(mode === 'test' ? 'test' : 'production'),
	},
	build: {
		outDir: mode === 'editor' ? 'dist-editor' : 'dist',
		cssCodeSplit: false,
		// Everything is in one file; the assets that style sheets name are inlined too.
		assetsInlineLimit: () => true,
		reportCompressedSize: false,
		chunkSizeWarningLimit: 2000,
		target: ['chrome120', 'firefox115', 'safari16.4'],
		rollupOptions: {
			input: mode === 'editor' ? 'src/editor/entry.ts' : 'src/main.ts',
			output: {
				format: 'iife',
				name: 'openConnector',
				inlineDynamicImports: true,
				entryFileNames: `js/${mode === 'editor' ? EDITOR_PREFIX : NAME}-[hash].js`,
				assetFileNames: `css/${NAME}-[hash][extname]`,
			},
		},
	},
	test: {
		environment: 'happy-dom',
		include: ['src/**/*.spec.ts', 'build/**/*.spec.ts', 'scripts/**/*.spec.ts'],
		setupFiles: ['src/testSetup.ts'],
		server: { deps: { inline: [/@nextcloud\//] } },
	},
}))
