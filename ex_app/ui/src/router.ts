/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { RouterHistory } from 'vue-router'

import { createRouter } from 'vue-router'
import ConnectView from './connect/ConnectView.vue'
import LogsView from './logs/LogsView.vue'
import SettingsView from './settings/SettingsView.vue'
import SourcesView from './sources/SourcesView.vue'
import SourceView from './sources/SourceView.vue'
import { goToSection } from './components/useSectionLinks.ts'

/**
 * The deep links. They are part of what we promise: remedies, toasts and copied links point at them.
 *
 * @param history where the address lives
 */
export function createAppRouter(history: RouterHistory) {
	return createRouter({
		history,
		// It is asked after each navigation, also after one that leads to where one is already. Other filters move nothing.
		scrollBehavior: (to, from) => void (to.hash !== from.hash || to.fullPath === from.fullPath ? goToSection(to.hash) : null),
		routes: [
			{ path: '/', redirect: { name: 'sources' } },
			{ path: '/sources', name: 'sources', component: SourcesView },
			{ path: '/sources/:source', redirect: ({ params }) => ({ name: 'source', params: { ...params, tab: 'configuration' } }) },
			{ path: '/sources/:source/:tab(configuration|test|logs|monitoring)', name: 'source', component: SourceView, props: true },
			{ path: '/logs', name: 'logs', component: LogsView },
			{ path: '/logs/:entry', name: 'log', component: LogsView },
			{ path: '/connect', name: 'connect', component: ConnectView },
			{ path: '/settings', name: 'settings', component: SettingsView },
			{ path: '/:unknown(.*)*', redirect: { name: 'sources' } },
		],
	})
}
