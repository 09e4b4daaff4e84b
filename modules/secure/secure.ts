/**
 * The secure suite: joining by SPAKE2+ (RFC 9383), sessions by EDHOC (RFC 9528) between the keys on the chain, and
 * everything else sealed by OSCORE (RFC 8613).
 */
import { concat } from "../bytes/bytes.js";
import { SuiteNumber } from "../chain/chain.js";
import { runInTurns } from "../crypto/crypto.js";
import { type Prepared, type PrepareOptions, passwordBytes, type Suite, stretch } from "../node/node.js";
import { deriveScalars, register } from "../spake2plus/spake2plus.js";
import { edhocPath } from "./initiation.js";
import { readRecord, signRecord, writeRecord } from "./record.js";
import { recordPath } from "./record-exchange.js";
import { joinSecureHome } from "./secure-joining.js";
import { SecureLink } from "./secure-link.js";
import { secureNotation } from "./secure-notation.js";
import { SecureSponsor } from "./secure-sponsor.js";

export const secureSuite: Suite = Object.freeze<Suite>({
	number: SuiteNumber.secure,
	name: "secure",
	warning: "",
	notation: secureNotation,
	paths: Object.freeze([edhocPath, recordPath]),
	invites: true,
	guardsLocks: true,
	resumes: false,
	versionOf: secret => readRecord(secret)?.version ?? 0,
	prepare: prepareRecord,
	renew({ clock, profile, home, rounds, version, era, signer }, done) {
		prepareRecord({ clock, profile, home, rounds, version }, prepared => {
			prepared.credentials.fill(0);
			const record = readRecord(prepared.secret);
			if (record !== undefined) done(writeRecord(signRecord(record, era(), signer)));
		});
	},
	join: joinSecureHome,
	createSponsor: options => new SecureSponsor(options),
	createLink: options => new SecureLink(options)
});

/** The registration record of a password and PIN, and the scalars that a joiner shows that it knows them with. */
function prepareRecord(
	{ clock, profile, home, rounds, version }: PrepareOptions,
	done: (prepared: Prepared) => void
): void {
	const password = passwordBytes(profile.password, profile.pin);
	stretch({ clock, password, salt: home, rounds, length: 32 }, stretched => {
		const scalars = deriveScalars(stretched);
		stretched.fill(0);
		runInTurns({
			clock,
			steps: register(scalars),
			failed: error => {
				throw error;
			},
			done: record => {
				const secret = writeRecord({ ...record, version, signed: undefined });
				done({ secret, credentials: concat(scalars.w0, scalars.w1) });
				scalars.w0.fill(0);
				scalars.w1.fill(0);
			}
		});
	});
}
