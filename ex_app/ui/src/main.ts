/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { createWebHistory } from 'vue-router'
import App from './App.vue'
import { pageBase } from './appapi.ts'
import { createAppRouter } from './router.ts'
import { loadMissingTranslations } from './translations.ts'

import '@nextcloud/dialogs/style.css'
import './styles.css'

// AppAPI's page has two elements of this name, one inside the other; the outer one is a <main>. The part of our page that deserves to be
// the main landmark is inside of the navigation's frame.
const container = document.getElementById('content')!
container.role = 'presentation'

// AppAPI loads the translations with a script behind this one, and all its scripts with `defer`: this is when they have run.
document.addEventListener('DOMContentLoaded', async () => {
	await loadMissingTranslations()
	createApp(App)
		.use(createPinia())
		.use(createAppRouter(createWebHistory(pageBase())))
		.mount(container)
})
