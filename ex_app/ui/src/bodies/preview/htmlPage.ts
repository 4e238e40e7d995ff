/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

/**
 * Nothing from outside is loaded, nothing runs, and no form goes anywhere. What the page brings along itself may be shown.
 */
const POLICY = 'default-src \'none\'; img-src data:; font-src data:; style-src \'unsafe-inline\'; form-action \'none\'; base-uri \'none\''

/**
 * A page that somebody else wrote, for a frame without any rights. The policy comes before everything that the page says.
 *
 * @param html what came
 */
export function confined(html: string): string {
	return `<!DOCTYPE html><meta http-equiv="Content-Security-Policy" content="${POLICY}"><meta name="referrer" content="no-referrer"><base target="_blank">${html}`
}
