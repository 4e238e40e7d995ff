/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import type { FilterChip } from '../components/filterChip.ts'
import type { LogFilter, Range } from './logFilter.ts'

import { formatDateTime } from '../components/format.ts'
import { t } from '../l10n.ts'

/**
 * The filters that are set, in words.
 *
 * @param filter what the list is limited to
 * @param nameOf the name of a source, by its slug or id
 */
export function logChips(filter: LogFilter, nameOf: (source: string) => string): FilterChip[] {
	const period = periodText(filter)
	return [
		...(filter.text ? [{ key: 'text', text: t('open_connector', 'URL: {text}', { text: filter.text }) }] : []),
		...filter.sources.map((source) => ({ key: `sources:${source}`, text: t('open_connector', 'Source: {source}', { source: nameOf(source) }) })),
		...filter.statuses.map((status) => ({ key: `statuses:${status}`, text: t('open_connector', 'Status: {status}', { status: statusLabel(status) }) })),
		...filter.methods.map((method) => ({ key: `methods:${method}`, text: t('open_connector', 'Method: {method}', { method }) })),
		...filter.triggers.map((trigger) => ({ key: `triggers:${trigger}`, text: t('open_connector', 'Trigger: {trigger}', { trigger: triggerLabel(trigger) }) })),
		...(period ? [{ key: 'range', text: period }] : []),
	]
}

/**
 * @param filter what the list is limited to
 * @param chip the filter to take out
 */
export function withoutChip(filter: LogFilter, chip: FilterChip): LogFilter {
	const separator = chip.key.indexOf(':')
	const name = separator < 0 ? chip.key : chip.key.slice(0, separator)
	const value = chip.key.slice(separator + 1)
	switch (name) {
		case 'text': return { ...filter, text: '' }
		case 'range': return { ...filter, range: 'all', since: '', until: '' }
		case 'sources':
		case 'statuses':
		case 'methods':
		case 'triggers': return { ...filter, [name]: filter[name].filter((other) => other !== value) }
		default: return filter
	}
}

/** The statuses to choose from. Any code can be in the address, too. */
export function statusOptions(): { value: string, label: string }[] {
	return ['success', 'error', '2xx', '3xx', '4xx', '5xx', 'none'].map((value) => ({ value, label: statusLabel(value) }))
}

/**
 * @param status a code, a class, or one of the words
 */
function statusLabel(status: string): string {
	switch (status) {
		case 'success': return t('open_connector', 'Successful')
		case 'error': return t('open_connector', 'Failed')
		case 'none': return t('open_connector', 'No answer')
		default: return status
	}
}

/**
 * Who asked for a call.
 *
 * @param trigger the type of a trigger
 */
export function triggerLabel(trigger: string): string {
	switch (trigger) {
		case 'test': return t('open_connector', 'Test')
		case 'verify': return t('open_connector', 'Verify')
		case 'authorization': return t('open_connector', 'Token')
		default: return trigger
	}
}

/** The time ranges to choose from. */
export function rangeOptions(): { value: Range, label: string }[] {
	return [
		{ value: 'all', label: t('open_connector', 'All times') },
		{ value: 'hour', label: t('open_connector', 'Last hour') },
		{ value: 'day', label: t('open_connector', 'Last 24 hours') },
		{ value: 'week', label: t('open_connector', 'Last 7 days') },
		{ value: 'custom', label: t('open_connector', 'From … to …') },
	]
}

/**
 * @param filter what the list is limited to
 */
function periodText(filter: LogFilter): string {
	if (filter.range === 'all') {
		return ''
	}
	if (filter.range !== 'custom') {
		return rangeOptions().find(({ value }) => value === filter.range)!.label
	}
	return [
		filter.since && t('open_connector', 'from {time}', { time: moment(filter.since) }),
		filter.until && t('open_connector', 'to {time}', { time: moment(filter.until) }),
	].filter(Boolean).join(' ')
}

/**
 * @param local date and time of a date field, or whatever is in the address instead
 */
function moment(local: string): string {
	return Number.isNaN(new Date(local).getTime()) ? local : formatDateTime(local)
}
