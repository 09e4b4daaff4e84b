import { fromHex } from "../bytes/bytes.js";
import { BlockFile, StoreError } from "../store/store.js";
import { addressText } from "./address.js";
import type { Announcement } from "./announcement.js";
import type { Sighting } from "./discovery.js";
import type { Profile } from "./founding.js";
import {
	type Identity,
	identityName,
	identityOf,
	keyRounds,
	passwordBytes,
	privateKeyFrom,
	saveIdentity,
	stretch
} from "./identity.js";
import type { JoiningOptions, JoinResult } from "./joining.js";
import type { JoinAnswer } from "./suite.js";

type Refused = Extract<JoinAnswer, { joined: false }>;

export interface JoinAttemptOptions extends JoiningOptions {
	/** Without it, `identity.secret` is what the sponsors are shown. */
	readonly profile?: Profile;
	/** Of an earlier try. */
	readonly identity?: Identity | undefined;
	/** All of one home, in the order in which they are asked. */
	readonly sightings: readonly Sighting[];
	/** As of a JoinRequest. */
	readonly spend: () => void;
	readonly proven?: (() => void) | undefined;
	readonly done: (result: JoinResult) => void;
}

/**
 * One password, typed once, at one home: makes this node's key and what shows that it knows the password, and asks the
 * home's sponsors one by one until somebody may have tested a guess. Then this is over, whatever came of it: who listens,
 * drops answers and poses as the next sponsor would have a second guess otherwise.
 */
export class JoinAttempt {
	readonly #options: JoinAttemptOptions;
	readonly #left: Sighting[];
	/** What `#identity` and `#credentials` were made for; another sponsor may announce otherwise. */
	#prepared: Announcement | undefined;
	#identity: Identity | undefined;
	#credentials: Uint8Array = new Uint8Array(0);
	/** This node's key, the same for all sponsors. */
	#privateKey: Uint8Array | undefined;
	#isSpent = false;
	#refused: Refused | undefined;
	/** Where those are who do not invite. */
	readonly #closed: string[] = [];
	/** Whether the identity was stored by this attempt. */
	#isKept = false;

	constructor(options: JoinAttemptOptions) {
		this.#options = options;
		this.#left = [...options.sightings];
	}

	/** Asks the next sponsor, or ends where none is left. */
	next(): void {
		const { profile, identity } = this.#options;
		const sighting = this.#left.shift();
		if (sighting === undefined) {
			this.end(this.#refused ?? { joined: false, refusal: "no home", text: "no home found" });
			return;
		}
		const { rounds, version } = sighting.announcement;
		if (profile === undefined) {
			this.#identity = identity;
			this.#credentials = identity?.secret.slice() ?? this.#credentials;
			this.ask(sighting);
		} else if (this.#prepared?.rounds === rounds && this.#prepared.version === version) this.ask(sighting);
		else this.prepare(profile, sighting);
	}

	private prepare(profile: Profile, sighting: Sighting): void {
		const { clock, suite, identity: stored } = this.#options;
		const { home, rounds, version } = sighting.announcement;
		suite.prepare({ clock, profile, home, rounds, version }, ({ secret, credentials }) => {
			this.#credentials.fill(0);
			this.#credentials = credentials;
			this.#prepared = sighting.announcement;
			if (stored !== undefined) {
				this.#identity = { ...stored, rounds, secret };
				this.ask(sighting);
				return;
			}
			this.makeKey(profile, privateKey => {
				const { name, type } = profile;
				const kept = { privateKey, name, type, home, suite: suite.number, rounds, secret };
				this.#identity = identityOf({ ...kept, isConfirmed: false });
				this.ask(sighting);
			});
		});
	}

	private makeKey({ password, pin }: Profile, done: (privateKey: Uint8Array) => void): void {
		const { clock, random } = this.#options;
		if (this.#privateKey !== undefined) {
			done(this.#privateKey);
			return;
		}
		const entropy = random(32);
		const options = {
			clock,
			password: passwordBytes(password, pin),
			salt: entropy,
			rounds: keyRounds,
			length: 32
		};
		stretch(options, stretched => {
			const privateKey = privateKeyFrom(stretched, entropy);
			this.#privateKey = privateKey;
			done(privateKey);
		});
	}

	private ask({ address, announcement }: Sighting): void {
		const { clock, random, layer, suite, done } = this.#options;
		const identity = this.#identity;
		if (identity === undefined) throw new Error("nobody is to join");
		const spend = () => this.spend();
		const keep = () => this.keep(identity);
		const credentials = this.#credentials;
		const { node, era, checkpoint } = announcement;
		const place = { sponsor: fromHex(node), era, number: checkpoint };
		suite.join({ clock, random, layer, address, place, identity, credentials, spend, keep }, answer => {
			if (answer.joined) {
				credentials.fill(0);
				done({ ...answer, identity, address });
				return;
			}
			const { refusal } = answer;
			if (refusal === "not inviting") this.#closed.push(addressText(address));
			// What the first one said, who invites if any does, says most; silence says least.
			if (this.#refused === undefined || this.#refused.refusal === "no home") this.#refused = answer;
			if (this.#isSpent || refusal === "password" || refusal === "name") this.end(answer);
			else this.next();
		});
	}

	private spend(): void {
		this.#options.spend();
		this.#isSpent = true;
	}

	/** Stores the identity before anyone hears of it, so that a retry is by the same key. */
	private keep(identity: Identity): void {
		const { store, proven } = this.#options;
		proven?.();
		if (store.get(identityName) === undefined) new BlockFile(store).clear();
		saveIdentity(store, identity);
		this.#isKept = true;
	}

	private end({ refusal, text }: Refused): void {
		this.#credentials.fill(0);
		// The next try begins anew: under another name or key, or with another password.
		if (refusal === "name" || refusal === "removed" || (refusal === "password" && this.#isKept))
			this.forget();
		const said = refusal === "not inviting" ? closedText(this.#closed) : text;
		this.#options.done({ joined: false, refusal, text: said, isSpent: this.#isSpent, isKept: this.#isKept });
	}

	private forget(): void {
		const { store, report } = this.#options;
		try {
			store.delete(identityName);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			report(error.message);
		}
	}
}

/** What a person is told where no member that answers invites. */
function closedText(places: readonly string[]): string {
	const [only = "", ...others] = places;
	return others.length === 0 ? `${only} is not inviting` : `none of ${places.join(", ")} is inviting`;
}
