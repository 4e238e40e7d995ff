/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { classicScript } from './build/classicScript.ts'
import { toastTranslations } from './build/toastTranslations.ts'
import manifest from './package.json' with { type: 'json' }

const NAME = 'open_connector-main'

export default defineConfig(({ mode }) => ({
	plugins: [vue(), toastTranslations(), classicScript(NAME, '..')],
	define: {
		// @nextcloud/vue and @nextcloud/logger name the app they run in by these two.
		appName: JSON.stringify(manifest.name),
		appVersion: JSON.stringify(manifest.version),
		'process.env.NODE_ENV': JSON.stringify(mode === 'test' ? 'test' : 'production'),
	},
	build: {
		outDir: 'dist',
		cssCodeSplit: false,
		// Everything is in one file; the assets that style sheets name are inlined too.
		assetsInlineLimit: () => true,
		reportCompressedSize: false,
		chunkSizeWarningLimit: 2000,
		target: ['chrome120', 'firefox115', 'safari16.4'],
		rollupOptions: {
			input: 'src/main.ts',
			output: {
				format: 'iife',
				name: 'openConnector',
				inlineDynamicImports: true,
				entryFileNames: `js/${NAME}-[hash].js`,
				assetFileNames: `css/${NAME}-[hash][extname]`,
			},
		},
	},
	test: {
		environment: 'happy-dom',
		include: ['src/**/*.spec.ts', 'build/**/*.spec.ts'],
		setupFiles: ['src/testSetup.ts'],
		server: { deps: { inline: [/@nextcloud\//] } },
	},
}))
