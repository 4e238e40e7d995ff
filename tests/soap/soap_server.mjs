/**
 * SPDX-FileCopyrightText: 2026 The OpenConnector authors
 * SPDX-License-Identifier: AGPL-3.0-or-later
 *
 * npm's soap on a free port of the loopback: the services of the WSDLs beside it. `server.py` starts it.
 *
 * The first line of standard output is its URL. It ends when standard input does. `GET /received` answers with the
 * envelopes that came, each with its headers.
 */

import { readFileSync } from 'node:fs'
import http from 'node:http'
import { createRequire } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const { resolve } = createRequire(new URL('../../ex_app/ui/package.json', import.meta.url))
const soap = (await import(pathToFileURL(resolve('soap')))).default

process.stdin.resume().once('end', () => process.exit())

const received = []
const folder = new URL('wsdl/', import.meta.url)
const server = http.createServer((request, response) => {
	if (request.url === '/received') {
		return response.end(JSON.stringify(received))
	}
	try {
		response.setHeader('Content-Type', 'text/xml')
		response.end(readFileSync(new URL('.' + new URL(request.url, 'http://host').pathname, folder)))
	} catch {
		response.writeHead(404).end()
	}
})
await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
const url = `http://127.0.0.1:${server.address().port}`

/**
 * @param {string} reason what is wrong
 * @param {boolean} isNew whether it is a fault of SOAP 1.2. That comes with status 200, as many services have it.
 */
function fault(reason, isNew) {
	const detail = { problem: { field: 'intB' } }
	return isNew
		? { Fault: { Code: { Value: 'soap:Sender', Subcode: { Value: 'tns:DivideByZero' } }, Reason: { Text: reason }, Detail: detail } }
		: { Fault: { faultcode: 'soap:Client', faultstring: reason, detail, statusCode: 500 } }
}

const calculator = (isNew) => ({
	Add: ({ intA, intB }) => ({ AddResult: intA + intB }),
	Divide: ({ intA, intB }) => {
		if (intB === 0) {
			throw fault('One cannot divide by zero.', isNew)
		}
		return { DivideResult: Math.trunc(intA / intB) }
	},
})

listen('calculator', '/calculator.asmx', { Calculator: { CalculatorSoap: calculator(false), CalculatorSoap12: calculator(false) } })
listen('calculator', '/calculator12.asmx', { Calculator: { CalculatorSoap: calculator(true), CalculatorSoap12: calculator(true) } }, { forceSoap12Headers: true })
listen('quotes', '/quotes', { Quotes: { QuotesPort: { GetQuote: ({ symbol, count }) => ({ price: symbol.length * count + 0.5 }), Ping: () => ({}) } } })
listen('zaken', '/zaken', {
	OntvangAsynchroon: {
		OntvangAsynchroonPort: {
			creeerZaak_Lk01: ({ stuurgegevens }) => ({ referentienummer: stuurgegevens.referentienummer }),
		},
	},
})

const secured = { Calculator: { CalculatorSoap: calculator(false), CalculatorSoap12: calculator(false) } }
listen('calculator', '/secured.asmx', secured).authenticate = ({ UsernameToken: token }) => {
	const password = process.env.SOAP_PASSWORD
	const sent = token?.Password?.$value ?? token?.Password
	const digest = token?.Nonce ? soap.passwordDigest(token.Nonce.$value ?? token.Nonce, token.Created, password) : password
	return token?.Username === 'clerk' && sent === digest
}

/**
 * @param {string} name of a WSDL
 * @param {string} path where it is called
 * @param {object} services what it does
 * @param {object} options of the library
 */
function listen(name, path, services, options = {}) {
	const file = new URL(`${name}.wsdl`, folder)
	const xml = readFileSync(file, 'utf8').replaceAll('@URL@', url)
	const started = soap.listen(server, { path, services, xml, uri: fileURLToPath(file), ...options })
	started.log = (type, data, request) => type === 'received' && received.push({ path, headers: request.headers, body: data })
	return started
}

process.stdout.write(`${url}\n`)
