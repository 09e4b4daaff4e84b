/**
 * The paper's own suite: every payload a JSON object under one Vigenere key that all members derive from password and
 * PIN. Insecure by construction; for study and comparison.
 */
import { SuiteNumber } from "../chain/chain.js";
import { passwordBytes, type Suite, stretch } from "../node/node.js";
import { keyFromBytes } from "../vigenere/vigenere.js";
import { joinPaperHome } from "./paper-joining.js";
import { authenticationPath, PaperLink } from "./paper-link.js";
import { paperNotation } from "./paper-notation.js";
import { PaperSponsor } from "./paper-sponsor.js";

export { messageText, openMessage, sealMessage } from "./paper-message.js";

/** Letters of the key. */
const keyLength = 32;

export const paperSuite: Suite = Object.freeze<Suite>({
	number: SuiteNumber.paper,
	name: "paper",
	warning: "insecure: the paper's Vigenere cipher, for study only",
	notation: paperNotation,
	paths: Object.freeze([authenticationPath]),
	invites: false,
	guardsLocks: false,
	resumes: true,
	versionOf: () => 0,
	prepare({ clock, profile, home, rounds }, done) {
		const password = passwordBytes(profile.password, profile.pin);
		// 128 bytes give the letters that are needed: each is one with probability 190/256.
		stretch({ clock, password, salt: home, rounds, length: 128 }, stretched => {
			const secret = keyFromBytes(stretched).slice(0, keyLength);
			done({ secret, credentials: secret.slice() });
		});
	},
	join: joinPaperHome,
	createSponsor: options => new PaperSponsor(options),
	createLink: options => new PaperLink(options)
});
