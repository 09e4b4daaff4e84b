import { isInteger } from "../cbor/cbor.js";

/**
 * How the two sides prove who they are (RFC 9528, section 3.2), Initiator and Responder in this order: 0 both by
 * signature, 1 signature and static Diffie-Hellman, 2 static Diffie-Hellman and signature, 3 both by static
 * Diffie-Hellman.
 */
export type Method = 0 | 1 | 2 | 3;

export function isMethod(value: number): value is Method {
	return isInteger(value, 0, 3);
}

export function initiatorSigns(method: Method): boolean {
	return method < 2;
}

export function responderSigns(method: Method): boolean {
	return method % 2 === 0;
}
