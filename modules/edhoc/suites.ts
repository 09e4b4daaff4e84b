import { type CborValue, isArray, isInteger } from "../cbor/cbor.js";
import { CipherSuiteError, EdhocError } from "./edhoc-error.js";

/**
 * The cipher suites that we have (RFC 9528, section 3.6): 2, which is AES-CCM-16-64-128, SHA-256, MACs of 8
 * bytes, P-256 and ES256, and for the application AES-CCM-16-64-128 and SHA-256.
 */
export const supportedSuites: readonly number[] = Object.freeze([2]);

/** SUITES_I or SUITES_R in a message: one suite, or an array of two or more. */
export function suitesValue(suites: readonly number[]): CborValue {
	return suites.length === 1 ? suites[0] : suites;
}

/** The suites of a message. Throws an EdhocError for what `suitesValue` does not give. */
export function parseSuites(value: CborValue): readonly number[] {
	if (isInteger(value)) return [value];
	if (!isArray(value) || value.length < 2) throw new EdhocError("neither a cipher suite nor two or more");
	return value.map(suite => {
		if (!isInteger(suite)) throw new EdhocError("a cipher suite that is not an integer");
		return suite;
	});
}

/**
 * Accepts a SUITES_I whose last suite, the selected one, is the first of it that we have (RFC 9528, section
 * 6.3.1): nobody in between can make two who share a better suite use a worse. Throws a CipherSuiteError.
 */
export function checkSelected(suites: readonly number[]): void {
	const first = suites.findIndex(suite => supportedSuites.includes(suite));
	if (first < 0 || first !== suites.length - 1) {
		throw new CipherSuiteError(`the peer selects cipher suite ${suites[suites.length - 1]}`, supportedSuites);
	}
}

/**
 * SUITES_I for a next try: our suites in the order of preference (which must never change), up to the first that
 * the peer has, which is selected. `peer` is what its error message of code 2 said; without it, the first of all.
 * Throws an EdhocError when there is none.
 */
export function offerSuites(preferred: readonly number[], peer?: readonly number[]): readonly number[] {
	const selected = peer === undefined ? 0 : preferred.findIndex(suite => peer.includes(suite));
	if (selected < 0 || preferred.length === 0) throw new EdhocError("no cipher suite in common");
	return preferred.slice(0, selected + 1);
}
