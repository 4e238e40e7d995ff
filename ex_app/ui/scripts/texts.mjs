/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 */

import { NodeTypes } from '@vue/compiler-core'
import { parse } from '@vue/compiler-sfc'
import ts from 'typescript'

const APP = 'open_connector'

/** How many of the first arguments are the app and texts, by the name of the function. */
const FUNCTIONS = { t: 2, n: 3 }

/**
 * @typedef {object} Found what one file has
 * @property {[text: string, line: number][]} texts the key of each text, as Nextcloud's translation files have it, and where it stands
 * @property {string[]} faults texts that cannot be found by reading the code, one sentence each
 */

/**
 * The texts that a file hands to `t()` and `n()`.
 *
 * @param {string} name of the file: how it is read depends on its ending
 * @param {string} code what is in it
 * @return {Found}
 */
export function textsOf(name, code) {
	const found = /** @type {Found} */ ({ texts: [], faults: [] })
	if (!name.endsWith('.vue')) {
		visitScript(name, code, 1, false, found)
		return found
	}
	const { descriptor, errors } = parse(code, { filename: name })
	found.faults.push(...errors.map((error) => `${name}: ${error.message}`))
	const { script, scriptSetup, template } = descriptor
	if (script) {
		visitScript(name, script.content, script.loc.start.line, false, found)
	}
	if (scriptSetup) {
		visitScript(name, scriptSetup.content, scriptSetup.loc.start.line, true, found)
	}
	for (const node of template?.ast?.children ?? []) {
		visitTemplate(name, node, found)
	}
	return found
}

/**
 * The key of a text that depends on a number.
 *
 * @param {string} singular the text for one
 * @param {string} plural the text for the others
 */
export function pluralKey(singular, plural) {
	return `_${singular}_::_${plural}_`
}

/**
 * @param {string} name of the file
 * @param {import('@vue/compiler-core').TemplateChildNode} node an element, a text or an expression
 * @param {Found} found where to put what is found
 */
function visitTemplate(name, node, found) {
	if (node.type === NodeTypes.INTERPOLATION) {
		visitExpression(name, node.content, found)
	} else if (node.type === NodeTypes.ELEMENT) {
		for (const prop of node.props) {
			if (prop.type === NodeTypes.DIRECTIVE) {
				visitExpression(name, prop.forParseResult?.source ?? prop.exp, found)
				visitExpression(name, prop.arg, found)
			}
		}
		for (const child of node.children) {
			visitTemplate(name, child, found)
		}
	}
}

/**
 * @param {string} name of the file
 * @param {import('@vue/compiler-core').ExpressionNode | undefined} expression of a template
 * @param {Found} found where to put what is found
 */
function visitExpression(name, expression, found) {
	if (expression?.type === NodeTypes.SIMPLE_EXPRESSION && !expression.isStatic) {
		// Not `loc.source`, which has `&quot;` where the running code has a quotation mark.
		const code = expression.content
		// An object is an object only between parentheses; what an event does may be statements.
		visitScript(name, code.startsWith('{') ? `(${code})` : code, expression.loc.start.line, true, found)
	}
}

/**
 * @param {string} name of the file
 * @param {string} code in TypeScript
 * @param {number} firstLine of the code in the file
 * @param {boolean} isCalledLate whether its outermost level runs when a component is made, not when the file is loaded
 * @param {Found} found where to put what is found
 */
function visitScript(name, code, firstLine, isCalledLate, found) {
	const source = ts.createSourceFile(name, code, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)

	/**
	 * @param {ts.Node} node of the syntax tree
	 * @param {boolean} isLate whether it is inside of a function
	 */
	function visit(node, isLate) {
		if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && Object.hasOwn(FUNCTIONS, node.expression.text)) {
			const line = firstLine + source.getLineAndCharacterOfPosition(node.getStart()).line
			const count = FUNCTIONS[/** @type {keyof typeof FUNCTIONS} */ (node.expression.text)]
			const [app, ...texts] = node.arguments.slice(0, count).map(literal)
			const [first, second] = texts
			if (app !== APP) {
				found.faults.push(`${name}:${line}: the first argument of ${node.expression.text}() is not '${APP}'`)
			} else if (texts.length !== count - 1 || texts.includes(undefined)) {
				found.faults.push(`${name}:${line}: a text of ${node.expression.text}() is no literal, so that nobody can translate it`)
			} else if (!isLate) {
				found.faults.push(`${name}:${line}: ${node.expression.text}() runs before Nextcloud has loaded the translations; put it into a function`)
			} else if (first !== undefined) {
				found.texts.push([second === undefined ? first : pluralKey(first, second), line])
			}
		}
		ts.forEachChild(node, (child) => visit(child, isLate || ts.isFunctionLike(node)))
	}
	visit(source, isCalledLate)
}

/**
 * @param {ts.Expression} node an argument
 * @return {string | undefined} its text, if it is known without running the code
 */
function literal(node) {
	if (ts.isStringLiteralLike(node)) {
		return node.text
	}
	if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
		const [left, right] = [literal(node.left), literal(node.right)]
		return left === undefined || right === undefined ? undefined : left + right
	}
	return undefined
}
