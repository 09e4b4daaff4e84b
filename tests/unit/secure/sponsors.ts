import { concat } from "../../../modules/bytes/bytes.js";
import { Chain, Kind, SuiteNumber } from "../../../modules/chain/chain.js";
import { type ClientRequest, Code, type Layer } from "../../../modules/coap/coap.js";
import { runAtOnce } from "../../../modules/crypto/crypto.js";
import { HomeSecret } from "../../../modules/node/home-secret.js";
import { identityOf } from "../../../modules/node/identity.js";
import type { Link, LinkHandler } from "../../../modules/node/link.js";
import type { JoinAnswer } from "../../../modules/node/node.js";
import { MessageError, WriteShares } from "../../../modules/node/node.js";
import {
	compareRecords,
	isSignedRecord,
	isSoundRecord,
	readRecord,
	signRecord,
	writeRecord
} from "../../../modules/secure/record.js";
import { RecordExchange } from "../../../modules/secure/record-exchange.js";
import { joinSecureHome } from "../../../modules/secure/secure-joining.js";
import {
	openApplicant,
	openWelcome,
	readRequest,
	sealWelcome,
	setting,
	type Welcome,
	writeAnswer
} from "../../../modules/secure/sync-messages.js";
import { deriveScalars, register, Verifier } from "../../../modules/spake2plus/spake2plus.js";
import { Store } from "../../../modules/store/store.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { addBody, MemoryStorage, testGenesis, testNode } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { counter } from "../coap/network.js";

const scalars = () => deriveScalars(new Uint8Array(32).fill(7));
const record = () => ({ ...runAtOnce(register(scalars())), version: 0, signed: undefined });

/** A home and one that is to join it, by a sponsor who knows the password and says what `welcome` makes of the truth. */
function join(welcome: (truth: Welcome) => Welcome): JoinAnswer | undefined {
	const clock = new VirtualClock();
	const founder = testNode("founder");
	const chain = new Chain({ storage: new MemoryStorage() });
	chain.add(testGenesis(founder).cose);
	const home = chain.home ?? new Uint8Array(8);
	const joiner = identityOf({
		privateKey: testNode("joiner").privateKey,
		name: "door",
		type: 1,
		home,
		suite: SuiteNumber.secure,
		rounds: 1000,
		secret: writeRecord(record()),
		isConfirmed: false
	});
	const sponsor = new Verifier({
		...setting(home, 1000, 0),
		record: record(),
		ephemeral: new Uint8Array(32).fill(9)
	});
	const answer = ({ payload = new Uint8Array(0) }: ClientRequest): Uint8Array => {
		const request = readRequest(payload);
		if ("shareP" in request) {
			const { shareV, confirmV } = runAtOnce(sponsor.answer(request.shareP));
			return writeAnswer(shareV, confirmV, 0);
		}
		const key = sponsor.finish(request.confirmP);
		const applicant = openApplicant(request.sealed, key);
		const body = { kind: Kind.add, ...applicant, sponsor: null };
		const block = chain.issue({ author: founder.id, privateKey: founder.privateKey, time: null, body });
		const truth = {
			block: block.cose,
			sponsor: founder.id,
			sponsorKey: founder.key,
			genesis: chain.genesisBlock?.hash ?? new Uint8Array(0)
		};
		return sealWelcome(welcome(truth), key);
	};
	const layer: Layer = {
		setHandler: () => undefined,
		request(request) {
			const { address, port } = request;
			clock.after(1, () =>
				request.onResponse({ code: Code.Changed, options: [], payload: answer(request), address, port })
			);
			return { cancel: () => undefined };
		}
	};
	let answered: JoinAnswer | undefined;
	const address = { host: "10.0.0.1", port: 5683 };
	const { w0, w1 } = scalars();
	const credentials = concat(w0, w1);
	const nothing = () => undefined;
	const place = { sponsor: founder.id, era: chain.era, number: 0 };
	const ways = { clock, random: counter(1), layer, address, place, spend: nothing, keep: nothing };
	joinSecureHome({ ...ways, identity: joiner, credentials }, given => {
		answered = given;
	});
	clock.advance(1_000);
	return answered;
}

/** A member's side of handing on the record: what it answers to one that it is sent. */
function records(chain: Chain, secret: Uint8Array, { id, privateKey } = testNode("lamp")) {
	const preference = new MemoryPreference();
	const store = new Store({ preference, domain: "verifichain" });
	const home = chain.home ?? new Uint8Array(8);
	const kept = { privateKey, name: "lamp", type: 0, home, suite: SuiteNumber.secure, rounds: 1000, secret };
	const identity = { ...identityOf({ ...kept, isConfirmed: true }), id };
	const homeSecret = new HomeSecret(store, identity);
	let handler: LinkHandler | undefined;
	const link: Pick<Link, "request" | "serve"> = {
		request: () => ({ cancel: () => undefined }),
		serve(_path, handlers) {
			handler = handlers[Code.Post];
			return () => undefined;
		}
	};
	const clock = new VirtualClock();
	const shares = new WriteShares(clock);
	new RecordExchange({
		identity,
		chain,
		clock,
		homeSecret,
		link,
		mayWrite: peer => shares.takes(peer),
		sendTo: () => undefined,
		report: () => undefined
	});
	const post = (payload: Uint8Array, [from] = chain.members.all): Uint8Array | undefined => {
		let answered: Uint8Array | undefined;
		const answer = {
			reply: (reply: Uint8Array) => {
				answered = reply;
			},
			refuse: () => undefined,
			challenge: () => undefined
		};
		if (from !== undefined) handler?.(from, payload, answer, undefined);
		clock.advance(10);
		return answered;
	};
	return { post, clock, preference };
}

/** A home of two owners and a member, and the records that they sign. */
function passwords() {
	const story = new Story();
	const chain = story.withOwners(["door"], ["knob"]);
	const signed = ({ era }: Chain, by: string, version: number, seed: number) => {
		const made = runAtOnce(register(deriveScalars(new Uint8Array(32).fill(seed))));
		return writeRecord(signRecord({ ...made, version, signed: undefined }, era, story.node(by)));
	};
	return { story, chain, signed, first: writeRecord(record()) };
}

function refused(answer: JoinAnswer | undefined): boolean {
	return answer?.joined === false && answer.refusal === "other";
}

export default suite("sponsors and records", {
	"who knows the password and tells the truth is believed": () => {
		equal(join(truth => truth)?.joined, true);
	},
	"a home whose genesis is another than the one asked for is not joined": () => {
		ok(refused(join(truth => ({ ...truth, genesis: new Uint8Array(32) }))));
	},
	"a block that admits somebody else is not taken": () => {
		const other = testNode("somebody");
		const elsewhere = new Chain({ storage: new MemoryStorage() });
		elsewhere.add(testGenesis(other, "another home").cose);
		const { id: author, privateKey } = other;
		const body = addBody(elsewhere.era, testNode("nobody"), "x", { sponsor: author });
		const add = elsewhere.issue({ author, privateKey, time: null, body }).cose;
		ok(refused(join(truth => ({ ...truth, block: add }))));
	},
	"what is sealed for one side is not taken by the other, nor under another key": () => {
		const welcome = {
			block: new Uint8Array(0),
			sponsor: new Uint8Array(16),
			sponsorKey: testNode("sponsor").key,
			genesis: new Uint8Array(32)
		};
		const key = new Uint8Array(32).fill(1);
		const sealed = sealWelcome(welcome, key);
		equal(openWelcome(sealed, key), welcome);
		throws(() => openApplicant(sealed, key), MessageError);
		throws(() => openWelcome(sealed, new Uint8Array(32).fill(2)), MessageError);
		for (let at = 0; at < sealed.length; at += 1) {
			const flipped = sealed.slice();
			flipped[at] = (flipped[at] ?? 0) ^ 1;
			throws(() => openWelcome(flipped, key), MessageError);
		}
	},
	"a record whose parts are no scalar and no point is none, whoever signed it": () => {
		ok(isSoundRecord(record()));
		const flipped = record().L.slice();
		flipped[40] = (flipped[40] ?? 0) ^ 1;
		for (const bad of [{ w0: new Uint8Array(32) }, { w0: new Uint8Array(32).fill(0xff) }, { L: flipped }])
			ok(!isSoundRecord({ ...record(), ...bad }));
		const compressed = record().L.slice().fill(2, 0, 1);
		ok(!isSoundRecord({ ...record(), L: compressed }));
	},
	"of two records of one version the one with the higher hash counts": () => {
		const other = { ...record(), w0: new Uint8Array(32).fill(8) };
		equal(compareRecords(record(), record()), 0);
		const order = compareRecords(record(), other);
		ok(order !== 0 && Math.sign(compareRecords(other, record())) === -Math.sign(order), "the same for all");
	},
	"an owner signs its record anew a minute after its flash has refused that": () => {
		const { story, chain, signed } = passwords();
		story.checkpoint(chain, "lamp", 1);
		const old = signed(chain, "lamp", 1, 1);
		story.recover(chain, ["lamp"], ["knob"]);
		const { post, clock, preference } = records(chain, old, story.node("lamp"));
		const isRight = () => {
			const said = readRecord(post(old) ?? new Uint8Array(0));
			return said !== undefined && isSignedRecord(said, chain.era, chain.members);
		};
		preference.failFrom = 0;
		equal(isRight(), false);
		preference.failFrom = Number.POSITIVE_INFINITY;
		equal(isRight(), false, "at once");
		clock.advance(60_000);
		equal(isRight(), true);
	},
	"the version is the checkpoint's: no other is taken, whoever signed it, and that of a removed owner is void":
		() => {
			const { story, chain, signed, first } = passwords();
			const exchange = records(chain, first, story.node("knob"));
			const [one, far] = [signed(chain, "lamp", 1, 1), signed(chain, "door", 2 ** 32 - 1, 2)];
			equal(exchange.post(one), first, "the checkpoint has not come");
			equal(exchange.post(far), first);
			story.checkpoint(chain, "lamp", 1);
			equal(exchange.post(signed(chain, "knob", 1, 3)), first, "not by an owner");
			equal(exchange.post(writeRecord({ ...record(), version: 1 })), first, "not signed");
			equal(exchange.post(far), first);
			equal(exchange.post(one), one);
			equal(exchange.post(first), one);
			story.checkpoint(chain, "door", 2);
			const second = signed(chain, "door", 2, 4);
			equal(exchange.post(second), second);
			story.recover(chain, ["lamp"], ["knob"]);
			equal(exchange.post(signed(chain, "door", 2, 5)), second, "an owner no more");
			const again = signed(chain, "lamp", 2, 6);
			equal(exchange.post(again), again);
		},
	"of a member that brings what nobody signed, sixteen are looked at in a row, and of others theirs": () => {
		const { story, chain, signed, first } = passwords();
		story.checkpoint(chain, "lamp", 1);
		const { post, clock } = records(chain, first, story.node("knob"));
		const right = signed(chain, "lamp", 1, 1);
		const forged = right.slice();
		forged.fill(1, -64);
		const [one, ...others] = chain.members.all;
		ok(one !== undefined);
		for (let count = 0; count < 100; count += 1) equal(post(forged, [one]), first);
		equal(post(right, [one]), first, "not looked at");
		equal(post(right, others), right);
		equal(records(chain, first, story.node("knob")).post(right, [one]), right);
		clock.advance(60_000);
		const newer = signed(chain, "lamp", 2, 2);
		story.checkpoint(chain, "lamp", 2);
		equal(post(newer, [one]), newer, "a minute later one more is");
	},
	"a record outlives the key that it was signed with, and the era, also for who hears of it only later":
		() => {
			for (const change of ["key", "era"]) {
				const { story, chain, signed, first } = passwords();
				story.checkpoint(chain, "lamp", 1);
				const old = signed(chain, "lamp", 1, 1);
				const knob = records(chain, old, story.node("knob"));
				if (change === "key") story.rotate(chain, "lamp", "lamp 2");
				else story.recover(chain, ["lamp"], ["knob"]);
				const late = records(chain, first, story.node("knob"));
				equal(late.post(old), first, "nobody could check it");
				const lamp = records(chain, old, story.node("lamp"));
				const renewed = lamp.post(first) ?? old;
				equal(renewed, signed(chain, "lamp", 1, 1), change);
				for (const member of [late, knob]) equal(member.post(renewed), renewed);
				equal(lamp.post(old), renewed);
			}
		},
	"a record is an owner's, for one era and one version": () => {
		const story = new Story();
		const chain = story.withOwners(["door"], ["desk"]);
		const { members, era } = chain;
		const read = (by: string) =>
			readRecord(writeRecord(signRecord({ ...record(), version: 5 }, era, story.node(by))));
		for (const by of ["lamp", "door"]) {
			const signed = read(by);
			ok(signed !== undefined && isSignedRecord(signed, era, members), by);
			ok(!isSignedRecord(signed, story.home, members), "of another era");
			ok(!isSignedRecord({ ...signed, version: 6 }, era, members), "another version");
			ok(!isSignedRecord({ ...signed, w0: signed.L.subarray(0, 32) }, era, members), "another password");
		}
		for (const by of ["desk", "stranger"]) {
			const signed = read(by);
			ok(signed !== undefined && !isSignedRecord(signed, era, members), by);
		}
		ok(!isSignedRecord(record(), era, members), "unsigned");
		for (const length of [0, 100, 102, 180, 182])
			equal(readRecord(new Uint8Array(length)), undefined, `${length}`);
	}
});
