import { concat, encodeUtf8, toBase32 } from "../bytes/bytes.js";
import { homeIdOf, Kind, nodeIdOf, signGenesis } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import { derivePublicKey, sha256 } from "../crypto/crypto.js";
import { BlockFile, type Store } from "../store/store.js";
import {
	type Identity,
	identityOf,
	keyRounds,
	passwordBytes,
	privateKeyFrom,
	randomPrivateKey,
	saveIdentity,
	stretch
} from "./identity.js";
import type { Suite } from "./suite.js";

/** What a person answers at first start. */
export interface Profile {
	readonly name: string;
	/** The device type's number. */
	readonly type: number;
	readonly password: string;
	readonly pin: string;
}

export interface FoundingOptions {
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly store: Store;
	/** Seconds since 1970, or null when the clock is not set. */
	readonly time: number | null;
	readonly profile: Profile;
	/** The genesis message. */
	readonly message: string;
	readonly suite: Suite;
	readonly rounds: number;
	/**
	 * Shows a person the recovery key, which is nowhere else, and calls `keep` once it was seen. Before that nothing is kept,
	 * so that a power cut leaves either no home or a key that was seen. Or `drop`: there is to be no such home.
	 */
	readonly show: (recoveryKey: string, keep: () => void, drop: () => void) => void;
}

/** Founds a home with this node as its first member; takes many turns of the loop. Fails with what the store throws. */
export function found(
	options: FoundingOptions,
	done: (identity: Identity) => void,
	failed: (error: unknown) => void
): void {
	const { clock, random, store, time, profile, rounds, suite } = options;
	const { name, type } = profile;
	const entropy = random(32);
	const password = passwordBytes(profile.password, profile.pin);
	stretch({ clock, password, salt: entropy, rounds: keyRounds, length: 32 }, stretched => {
		const privateKey = privateKeyFrom(stretched, entropy);
		const publicKey = derivePublicKey(privateKey);
		const recovery = randomPrivateKey(random);
		const id = nodeIdOf(publicKey);
		const genesis = signGenesis({
			message: sha256(encodeUtf8(options.message)),
			author: id,
			privateKey,
			time,
			body: {
				kind: Kind.genesis,
				name,
				types: Uint8Array.of(type),
				key: publicKey,
				suite: suite.number,
				rounds,
				recovery: derivePublicKey(recovery)
			}
		});
		const home = homeIdOf(genesis.hash);
		suite.prepare({ clock, profile, home, rounds, version: 0 }, ({ secret, credentials }) => {
			credentials.fill(0);
			const keep = () => {
				// The identity comes last: until it is there, a cut leaves a node that has not been set up.
				const blocks = new BlockFile(store);
				blocks.clear();
				blocks.write(0, genesis.cose);
				const kept = { privateKey, name, type, home, suite: suite.number, rounds, secret };
				const identity = identityOf({ ...kept, isConfirmed: true });
				saveIdentity(store, identity);
				return identity;
			};
			const written = writtenKey(recovery);
			recovery.fill(0);
			const drop = () => {
				privateKey.fill(0);
				secret.fill(0);
			};
			const seen = () => {
				let identity: Identity;
				try {
					identity = keep();
				} catch (error) {
					failed(error);
					return;
				}
				// Whatever comes of that, there is a home: who thought otherwise would found another over it.
				done(identity);
			};
			options.show(written, seen, drop);
		});
	});
}

/**
 * A private key as a person writes it down: Crockford's base 32 in 11 groups of 5 letters. 2 bytes of its
 * SHA-256 follow the key, so that a slip of the pen is noticed.
 */
export function writtenKey(privateKey: Uint8Array): string {
	const text = toBase32(concat(privateKey, sha256(privateKey).subarray(0, 2)));
	return (text.match(/.{1,5}/g) ?? []).join(" ");
}
