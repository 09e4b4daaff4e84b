import { toHex } from "../bytes/bytes.js";
import { type IdText, sameId } from "../chain/chain.js";
import type { Clock } from "../clock/clock.js";
import type { Layer } from "../coap/coap.js";
import { BlockFile, type Store, StoreError } from "../store/store.js";
import type { Address } from "./address.js";
import { type Announcement, sameHome } from "./announcement.js";
import type { Discovery, Sighting } from "./discovery.js";
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
import { type Refusal, type Suite, suiteOf } from "./suite.js";

export type JoinResult =
	| {
			readonly joined: true;
			readonly identity: Identity;
			readonly sponsor: IdText;
			readonly sponsorKey?: Uint8Array;
			readonly address: Address;
	  }
	| { readonly joined: false; readonly refusal: Refusal; readonly text: string };

const noHome: JoinResult = Object.freeze<JoinResult>({
	joined: false,
	refusal: "no home",
	text: "no home found"
});

interface Search {
	readonly profile: Profile;
	readonly identity: Identity | undefined;
	readonly sightings: readonly Sighting[];
	readonly done: (result: JoinResult) => void;
}

interface Asking {
	readonly suite: Suite;
	readonly identity: Identity;
	readonly credentials: Uint8Array;
	readonly done: (result: JoinResult) => void;
}

export interface JoiningOptions {
	readonly clock: Clock;
	readonly random: (count: number) => Uint8Array;
	readonly store: Store;
	readonly layer: Layer;
	readonly discovery: Discovery;
	/** The suites that this node can speak. */
	readonly suites: readonly Suite[];
	/** The one that its person has chosen: an announcement never chooses. */
	readonly suite: Suite;
	/** Told what happens, in words for the person who waits. */
	readonly report: (text: string) => void;
}

/** From a profile to a member: finds homes, makes the node's key, and asks sponsors one by one. */
export class Joining {
	readonly #options: JoiningOptions;

	constructor(options: JoiningOptions) {
		this.#options = options;
	}

	/**
	 * Looks for homes, among the nodes at `given` or by broadcast, and joins the first that takes the password. With
	 * an `identity` that was stored by an earlier try, asks its home for that one, so that it is never two members.
	 */
	join(
		profile: Profile,
		given: readonly Address[],
		identity: Identity | undefined,
		done: (result: JoinResult) => void
	): void {
		const { discovery, suites, report } = this.#options;
		const suite = identity === undefined ? this.#options.suite : suiteOf(suites, identity.suite);
		discovery.search(given, suites, sightings => {
			const homes: Announcement[] = [];
			const inOrder = invitingFirst(sightings);
			for (const { announcement } of inOrder) {
				if (identity !== undefined && !sameId(announcement.home, identity.home)) continue;
				if (announcement.suite !== suite) {
					report(
						`a home of suite "${announcement.suite.name}" was passed over; this node joins with "${suite.name}"`
					);
					continue;
				}
				if (!homes.some(home => sameHome(home, announcement))) homes.push(announcement);
			}
			this.#tryHomes({ profile, identity, sightings: inOrder, done }, homes, noHome);
		});
	}

	/** Asks for the block of an identity that was stored before, in a suite that resumes without the password. */
	resume(identity: Identity, given: readonly Address[], done: (result: JoinResult) => void): void {
		const { discovery, suites } = this.#options;
		const suite = suiteOf(suites, identity.suite);
		discovery.search(given, suites, sightings => {
			const ofHome = invitingFirst(sightings).filter(({ announcement }) =>
				sameId(announcement.home, identity.home)
			);
			this.#ask({ suite, identity, credentials: identity.secret.slice(), done }, ofHome);
		});
	}

	#tryHomes(search: Search, homes: readonly Announcement[], last: JoinResult): void {
		const [home, ...others] = homes;
		const { done } = search;
		if (home === undefined) {
			done(last);
			return;
		}
		this.#prepare(search, home, (identity, credentials) => {
			const settle = (result: JoinResult) => {
				if (result.joined) done(result);
				else this.#tryHomes(search, others, result);
			};
			const ofHome = search.sightings.filter(({ announcement }) => sameHome(announcement, home));
			this.#ask({ suite: home.suite, identity, credentials, done: settle }, ofHome);
		});
	}

	/** Makes this node's key where it has none yet, and what shows that it knows password and PIN. */
	#prepare(
		{ profile, identity: stored }: Search,
		home: Announcement,
		done: (identity: Identity, credentials: Uint8Array) => void
	): void {
		const { clock, random, report } = this.#options;
		const { rounds, suite, version } = home;
		report(`synchronizing with home ${toHex(home.home)}`);
		suite.prepare({ clock, profile, home: home.home, rounds, version }, ({ secret, credentials }) => {
			if (stored !== undefined) {
				done({ ...stored, secret }, credentials);
				return;
			}
			const entropy = random(32);
			const password = passwordBytes(profile.password, profile.pin);
			stretch({ clock, password, salt: entropy, rounds: keyRounds, length: 32 }, stretched => {
				const privateKey = privateKeyFrom(stretched, entropy);
				const { name, type } = profile;
				const kept = { privateKey, name, type, home: home.home, suite: suite.number, rounds, secret };
				done(identityOf({ ...kept, isConfirmed: false }), credentials);
			});
		});
	}

	/** Stores the identity before anyone hears of it, so that a retry is by the same key, then asks one by one. */
	#ask(request: Asking, sightings: readonly Sighting[]): void {
		const { clock, random, store, layer } = this.#options;
		const { suite, identity, credentials, done } = request;
		const [sighting, ...others] = sightings;
		if (sighting === undefined) {
			credentials.fill(0);
			done({ joined: false, refusal: "no home", text: "no member of the home answers" });
			return;
		}
		try {
			if (store.get(identityName) === undefined) new BlockFile(store).clear();
			saveIdentity(store, identity);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			done({ joined: false, refusal: "other", text: error.message });
			return;
		}
		const { address } = sighting;
		suite.join({ clock, random, layer, address, identity, credentials }, answer => {
			const mayAskOthers =
				!answer.joined && (answer.refusal === "no home" || answer.refusal === "not inviting");
			if (mayAskOthers && others.length > 0) {
				this.#ask(request, others);
				return;
			}
			credentials.fill(0);
			if (answer.joined) {
				done({ ...answer, identity, address });
				return;
			}
			const isFinal = answer.refusal === "password" || answer.refusal === "name";
			if (isFinal) this.#forget();
			done(answer);
		});
	}

	/** A refused identity is of no use: the next try begins anew. */
	#forget(): void {
		try {
			this.#options.store.delete(identityName);
		} catch (error) {
			if (!(error instanceof StoreError)) throw error;
			this.#options.report(error.message);
		}
	}
}

/** Those first who say that they admit others: anyone may say so, but asking costs a refusal at most. */
function invitingFirst(sightings: readonly Sighting[]): readonly Sighting[] {
	const inviting = ({ announcement }: Sighting) => announcement.isInviting;
	return [...sightings.filter(inviting), ...sightings.filter(sighting => !inviting(sighting))];
}
