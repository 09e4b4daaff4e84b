import { encodeUtf8 } from "../../../modules/bytes/bytes.js";
import { runAtOnce, type Steps } from "../../../modules/crypto/crypto.js";
import {
	Prover,
	type ProverOptions,
	type RegistrationRecord,
	register,
	Verifier,
	type VerifierOptions
} from "../../../modules/spake2plus/spake2plus.js";
import { bytes } from "../../harness/assert.js";
import { spake2plus } from "../../vectors/spake2plus.js";

/** The setting of the RFC's vector. */
export function setting() {
	const { context, idProver, idVerifier } = spake2plus();
	return {
		context: encodeUtf8(context),
		idProver: encodeUtf8(idProver),
		idVerifier: encodeUtf8(idVerifier)
	};
}

export function scalars() {
	const { w0, w1 } = spake2plus();
	return { w0: bytes(w0), w1: bytes(w1) };
}

export const record = (): RegistrationRecord => runAtOnce(register(scalars()));

/** A prover as in the vector but for `other`. */
export function prover(other: Partial<ProverOptions> = {}): Prover {
	return new Prover({ ...setting(), ...scalars(), ephemeral: bytes(spake2plus().x), ...other });
}

/** A verifier as in the vector but for `other`. */
export function verifier(other: Partial<VerifierOptions> = {}): Verifier {
	return new Verifier({ ...setting(), record: record(), ephemeral: bytes(spake2plus().y), ...other });
}

/** How often the work pauses before it is done. */
export function pauses<T>(steps: Steps<T>): number {
	let count = 0;
	while (steps.next().done !== true) count += 1;
	return count;
}
