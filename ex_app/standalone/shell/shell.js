// SPDX-FileCopyrightText: 2026 The OpenConnector authors
// SPDX-License-Identifier: AGPL-3.0-or-later

// The members of Nextcloud's global objects that its packages still use, and the switches of this shell.
(function () {
	'use strict'

	const head = document.head.dataset

	function generateUrl(path, params) {
		const filled = path.replace(/\{([^{}]+)\}/g, (all, name) => params?.[name] === undefined ? all : encodeURIComponent(params[name]))
		return window._oc_webroot + '/index.php' + filled
	}

	function register(app, translations) {
		window._oc_l10n_registry_translations ??= {}
		window._oc_l10n_registry_plural_functions ??= {}
		window._oc_l10n_registry_translations[app] = { ...window._oc_l10n_registry_translations[app], ...translations }
		window._oc_l10n_registry_plural_functions[app] = pluralForm
	}

	// Which of the forms a number takes, in the languages that the app has.
	function pluralForm(count) {
		return document.documentElement.lang.startsWith('fr') ? Number(count > 1) : Number(count !== 1)
	}

	function translate(app, text, vars, count) {
		const known = window._oc_l10n_registry_translations?.[app]?.[text] ?? text
		return known.replace(/\{([^{}]+)\}/g, (all, name) => vars?.[name] ?? all).replace(/%n/g, String(count ?? '%n'))
	}

	function translatePlural(app, singular, plural, count, vars) {
		const forms = window._oc_l10n_registry_translations?.[app]?.[`_${singular}_::_${plural}_`] ?? [singular, plural]
		return translate(app, forms[pluralForm(count)], vars, count)
	}

	window.OC = {
		webroot: window._oc_webroot,
		appswebroots: window._oc_appswebroots,
		config: window._oc_config,
		appConfig: window.oc_appconfig,
		theme: window._theme,
		debug: window._oc_debug,
		coreApps: ['', 'admin', 'log', 'core/search', 'core', '3rdparty'],
		currentUser: head.user,
		requestToken: head.requesttoken,
		isUserAdmin: () => window._oc_isadmin,
		getCurrentUser: () => ({ uid: head.user, displayName: head.userDisplayname }),
		getLocale: () => document.documentElement.dataset.locale,
		getLanguage: () => document.documentElement.lang,
		getRootPath: () => window._oc_webroot,
		generateUrl,
		linkToOCS: (service, version = 2) => `${window.location.origin}${window._oc_webroot}/ocs/v${version}.php/${service}/`,
		L10N: { translate, translatePlural, register },
		MimeType: { getIconUrl: () => '' },
		Notification: { show: () => undefined, showTemporary: () => undefined, hide: () => undefined },
		Util: { History: {} },
	}
	window.OCP = { Accessibility: { disableKeyboardShortcuts: () => false }, AppConfig: {}, Toast: {}, InitialState: {} }
	window.OCA = {}
	window.t = translate
	window.n = translatePlural

	const themes = document.getElementById('standalone-theme')
	themes.value = document.body.dataset.themes
	themes.addEventListener('change', () => {
		for (const option of themes.options) {
			document.body.removeAttribute(`data-theme-${option.value}`)
		}
		document.body.setAttribute(`data-theme-${themes.value}`, '')
		document.body.dataset.themes = themes.value
		document.cookie = `standalone_theme=${themes.value};path=/;samesite=lax`
	})

	const languages = document.getElementById('standalone-language')
	languages.addEventListener('change', () => {
		document.cookie = `standalone_language=${languages.value};path=/;samesite=lax`
		window.location.reload()
	})
})()
