import { fromHex } from "../../../modules/bytes/bytes.js";
import { Chain, SuiteNumber } from "../../../modules/chain/chain.js";
import {
	Code,
	type Exchange,
	findOption,
	type Message,
	OptionNumber,
	type Reply,
	Resources
} from "../../../modules/coap/coap.js";
import { multiply, runAtOnce } from "../../../modules/crypto/crypto.js";
import { identityOf } from "../../../modules/node/identity.js";
import { HomeSecret, Issuer, type SponsorOptions } from "../../../modules/node/node.js";
import { writeRecord } from "../../../modules/secure/record.js";
import { SecureSponsor } from "../../../modules/secure/secure-sponsor.js";
import { readAnswer, setting, writeApplication, writeShare } from "../../../modules/secure/sync-messages.js";
import { M, N } from "../../../modules/spake2plus/generators.js";
import { ConfirmationError, Prover, register } from "../../../modules/spake2plus/spake2plus.js";
import { Store } from "../../../modules/store/store.js";
import { testApplicant } from "../../harness/applicants.js";
import { equal, ok } from "../../harness/assert.js";
import { MemoryStorage, testGenesis, testNode } from "../../harness/blocks.js";
import { paper } from "../../harness/chain-story.js";
import { scalarsOf } from "../../harness/fake-home.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import {
	Dice,
	foundHome,
	homePassword,
	homePin,
	joined,
	SimulatedNetwork,
	type SimulatedNode
} from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";
import { eraOf, idOf, Stranger } from "./house.js";

const rounds = 1000;
const pins = ["1111", "2222", "3333", "4444", "5555", "6666", homePin];

/** What a guess came to: the code that refused it, or whether confirmV was that of the guess. */
type Outcome = "right" | "wrong" | number | undefined;

function proverOf(home: Uint8Array, pin: string, dice: Dice): Prover {
	const scalars = scalarsOf(homePassword, pin, home, rounds);
	return new Prover({ ...setting(home, rounds, 0), ...scalars, ephemeral: dice.bytes(32) });
}

/** What an attacker learns of a guess by the answer to its share; with confirmP and the key where it was right. */
function learned(prover: Prover, code: number, payload: Uint8Array) {
	if (code !== Code.Changed) return { outcome: code };
	try {
		return { outcome: "right" as const, keys: runAtOnce(prover.finish(readAnswer(payload))) };
	} catch (error) {
		if (!(error instanceof ConfirmationError)) throw error;
		return { outcome: "wrong" as const };
	}
}

/** A founder that invites, and somebody who knows the password and guesses the PIN. */
function invited(seed = 1) {
	const network = new SimulatedNetwork(seed);
	const lamp = foundHome(network, undefined, { suite: "secure" });
	const home = fromHex(lamp.ask("status", /home +([0-9a-f]{16})/)[1] ?? "");
	lamp.type("uninvite");
	lamp.type("invite 3600");
	const { dice } = network;
	const guess = (pin: string, stranger: Stranger): Outcome => {
		const prover = proverOf(home, pin, dice);
		const payload = writeShare(runAtOnce(prover.begin()));
		const answer = ask(lamp, stranger, payload);
		return answer && learned(prover, answer.code, answer.payload).outcome;
	};
	return { network, lamp, home, dice, guess };
}

/** Asks, and again with the challenge that it gets after a few times: an attacker can well show where he is. */
function ask(lamp: SimulatedNode, stranger: Stranger, payload: Uint8Array): Message | undefined {
	const answer = stranger.ask(lamp.address, Code.Post, "/sync", { payload });
	const echo = answer && findOption(answer.options, OptionNumber.Echo);
	if (echo === undefined) return answer;
	const options = [echo];
	return stranger.ask(lamp.address, Code.Post, "/sync", { payload, options });
}

function tell(lamp: SimulatedNode): boolean {
	return lamp.output.includes("the invitation is over: five wrong guesses at the password");
}

/** Time goes by in which no timer runs. */
class LateClock extends VirtualClock {
	skipped = 0;

	override now(): number {
		return super.now() + this.skipped;
	}
}

/** A sponsor alone, with what it takes of a node replaced as a test wants. */
function sponsor(parts: Partial<SponsorOptions>, time: () => number | null = () => null) {
	const clock = new VirtualClock();
	const dice = new Dice(5);
	const founder = testNode("founder");
	const chain = new Chain({ storage: new MemoryStorage() });
	chain.add(testGenesis(founder, "hello", paper.key).cose);
	const home = chain.home ?? new Uint8Array(8);
	const record = runAtOnce(register(scalarsOf(homePassword, homePin, home, rounds)));
	const identity = identityOf({
		privateKey: founder.privateKey,
		name: "lamp",
		type: 0,
		home,
		suite: SuiteNumber.secure,
		rounds,
		secret: writeRecord({ ...record, version: 0, signed: undefined }),
		isConfirmed: true
	});
	const store = new Store({ preference: new MemoryPreference(), domain: "test" });
	const resources = new Resources();
	const admitted: string[] = [];
	const side = new SecureSponsor({
		identity,
		homeSecret: new HomeSecret(store, identity),
		chain,
		clock,
		random: count => dice.bytes(count),
		resources,
		issuer: new Issuer({ chain, clock, identity, time }),
		beforeSigning: sign => sign(),
		report: text => {
			if (text.startsWith("admitted ")) admitted.push(text);
		},
		...parts
	});
	side.invite(3600);
	const failing: { next?: Error; dropped: number } = { dropped: 0 };
	/** Posts to /sync; the answers so far are in the list that is returned. */
	const post = (payload: Uint8Array, port = 1): Reply[] => {
		const replies: Reply[] = [];
		const exchange: Exchange = {
			observable: false,
			verified: () => true,
			respond(reply) {
				if (failing.next === undefined) {
					replies.push(reply);
					return;
				}
				throw failing.next;
			},
			observe() {
				throw new Error("nothing to observe");
			},
			drop() {
				failing.dropped += 1;
			}
		};
		const request = { code: Code.Post, options: [], path: ["sync"], query: [], payload, address: "10.0.0.9" };
		resources.handle({ ...request, port, peer: `${port}`, confirmable: true, secured: false }, exchange);
		return replies;
	};
	/** Runs what is due; what is thrown by it is returned. */
	const advance = (milliseconds: number): unknown => {
		try {
			(parts.clock instanceof VirtualClock ? parts.clock : clock).advance(milliseconds);
		} catch (error) {
			return error;
		}
		return undefined;
	};
	/** A joiner's first request; what is returned makes its second, of the answer that has come by then. */
	const begin = () => {
		const prover = proverOf(home, homePin, dice);
		const replies = post(writeShare(runAtOnce(prover.begin())));
		return () => {
			const [{ code, payload = new Uint8Array(0) } = { code: 0 }] = replies;
			const { keys } = learned(prover, code, payload);
			if (keys === undefined) throw new Error(`no keys: ${code}`);
			const applicant = testApplicant(chain.era, "door", testNode("door"), identity.id, keys.sharedKey);
			return writeApplication(keys.confirmP, applicant, keys.sharedKey);
		};
	};
	return { side, post, advance, begin, failing, admitted, chain };
}

export default suite("guesses at an invitation", {
	"the sixth gets no answer, be it the right one, from whoever it comes": () => {
		for (const isOne of [true, false]) {
			const { network, lamp, guess } = invited();
			const one = new Stranger(network);
			const outcomes = pins.map((pin, index) => {
				const outcome = guess(pin, isOne ? one : new Stranger(network, `10.0.0.${60 + index}:5683`));
				if (!isOne) network.clock.advance(10_000);
				return outcome;
			});
			equal(outcomes, ["wrong", "wrong", "wrong", "wrong", "wrong", Code.Forbidden, Code.Forbidden]);
			ok(tell(lamp));
		}
	},
	"the fifth may be the right one, and is not one too many": () => {
		const { network, guess } = invited();
		const stranger = new Stranger(network);
		equal(
			pins.slice(2).map(pin => guess(pin, stranger)),
			["wrong", "wrong", "wrong", "wrong", "right"]
		);
	},
	"a share that is nothing but the guess's mask counts, also where it is right": () => {
		const { network, lamp, home } = invited();
		const stranger = new Stranger(network);
		const codes = [...pins, homePin].reverse().map(pin => {
			const { w0 } = scalarsOf(homePassword, pin, home, rounds);
			const payload = writeShare(Uint8Array.of(4, ...multiply(w0, M)));
			return ask(lamp, stranger, payload)?.code;
		});
		const right = codes.filter(code => code === Code.BadRequest).length;
		equal(codes.slice(5), Array(3).fill(Code.Forbidden), `${codes}`);
		equal(right, 2, "which an attacker can tell from the others");
		ok(tell(lamp));
	},
	"many strangers at once have five together, however their requests mix": () => {
		for (const seed of [1, 2, 3]) {
			const { network, lamp, home, dice } = invited(seed);
			network.delay = [1, 400];
			const strangers = Array.from({ length: 8 }, (_, i) => new Stranger(network, `10.0.0.${60 + i}:5683`));
			const payloads = Array.from({ length: 12 }, () =>
				writeShare(runAtOnce(proverOf(home, "1111", dice).begin()))
			);
			for (let count = 0; count < 400; count += 1) {
				const stranger = strangers[Math.floor(dice.roll() * strangers.length)];
				const payload = payloads[Math.floor(dice.roll() * payloads.length)];
				if (stranger !== undefined && payload !== undefined)
					stranger.send(lamp.address, Code.Post, "/sync", { payload });
				network.clock.advance(dice.roll() * 500);
			}
			network.clock.advance(60_000);
			const answered = strangers.flatMap(({ heard }) => heard).filter(({ code }) => code === Code.Changed);
			const tokens = new Set(answered.map(({ token }) => String(token)));
			ok(answered.length > 0 && tokens.size <= 5, `${tokens.size} guesses, seed ${seed}`);
			ok(tell(lamp));
		}
	},
	"a person who invites again while a guess is under way allows five more, and not six": () => {
		const { network, lamp, guess, home, dice } = invited();
		const stranger = new Stranger(network);
		for (const pin of pins.slice(0, 4)) equal(guess(pin, stranger), "wrong");
		const prover = proverOf(home, homePin, dice);
		network.clock.advance(10_100);
		network.delay = [1, 1];
		stranger.send(lamp.address, Code.Post, "/sync", { payload: writeShare(runAtOnce(prover.begin())) });
		network.clock.advance(1);
		lamp.type("invite");
		network.clock.advance(100);
		const answer = stranger.heard.at(-1);
		const { keys } = learned(prover, answer?.code ?? 0, answer?.payload ?? new Uint8Array(0));
		ok(keys !== undefined, "the one under way is answered");
		// It ends as a right one does, but takes back a guess of the invitation that it belongs to.
		const applicant = testApplicant(eraOf(lamp), "lamp", testNode("x"), fromHex(idOf(lamp)), keys.sharedKey);
		const payload = writeApplication(keys.confirmP, applicant, keys.sharedKey);
		equal(stranger.ask(lamp.address, Code.Post, "/sync", { payload })?.code, Code.Conflict);
		const outcomes = pins.map(pin => guess(pin, stranger));
		equal(outcomes, ["wrong", "wrong", "wrong", "wrong", "wrong", Code.Forbidden, Code.Forbidden]);
	},
	"an invitation that is taken back while a guess is computed is not answered": () => {
		const clock = new VirtualClock();
		const { side, post, advance } = sponsor({ clock });
		const replies = post(writeShare(Uint8Array.of(4, ...N)));
		let others: Reply[] = [];
		clock.after(0, () => {
			side.uninvite();
			side.invite(60);
			others = post(writeShare(Uint8Array.of(4, ...N)), 2);
		});
		advance(1_000);
		equal(
			others.map(({ code }) => code),
			[Code.Changed],
			"nor does it end the next one"
		);
		equal(
			replies.map(({ code }) => code),
			[Code.Forbidden]
		);
	},
	"an invitation is over in time, also where the machine was suspended and its timers are late": () => {
		const clock = new LateClock();
		const { side, post, begin } = sponsor({ clock });
		side.invite(60);
		begin();
		clock.advance(100);
		clock.skipped = 59_000;
		ok(side.isInviting);
		clock.skipped = 60_000;
		equal(side.isInviting, false);
		for (const message of [writeShare(Uint8Array.of(4, ...N)), new Uint8Array(0)]) {
			equal(
				post(message).map(({ code }) => code),
				[Code.Forbidden]
			);
		}
		side.invite(60);
		ok(side.isInviting);
	},
	"joiners who know the password take none, however many": () => {
		const { network, lamp, guess } = invited();
		for (let index = 0; index < 6; index += 1)
			joined(network, `10.0.0.${10 + index}:5683`, `desk ${index}`, "light", [lamp.address], "secure");
		const stranger = new Stranger(network);
		equal(pins.map(pin => guess(pin, stranger)).filter(outcome => outcome === "wrong").length, 5);
	}
});

export const endings = suite("every exchange of a join ends", {
	"where signing fails as nobody expected, now or later: 5.00, and the next joiner is admitted": () => {
		for (const isLater of [false, true]) {
			let isBroken = true;
			const chainFault = new TypeError("the chain came off");
			const clock = new VirtualClock();
			const parts = sponsor(
				{
					clock,
					beforeSigning: sign => (isLater ? clock.after(500, sign) : sign())
				},
				() => {
					if (isBroken) throw chainFault;
					return null;
				}
			);
			const { advance } = parts;
			const share = () => {
				const run = parts.begin();
				advance(100);
				return run();
			};
			let thrown: unknown;
			let replies: Reply[] = [];
			try {
				replies = parts.post(share());
			} catch (error) {
				thrown = error;
			}
			thrown ??= advance(1_000);
			equal(thrown, chainFault, "the node hears of it");
			if (isLater)
				equal(
					replies.map(({ code }) => code),
					[Code.InternalServerError]
				);
			isBroken = false;
			const welcome = parts.post(share());
			advance(1_000);
			equal(
				welcome.map(({ code }) => code),
				[Code.Changed]
			);
			equal(parts.admitted.length, 1);
		}
	},
	"where signing never comes: refused when its time is over": () => {
		const { post, advance, begin } = sponsor({ beforeSigning: () => undefined });
		const run = begin();
		advance(100);
		const replies = post(run());
		equal(replies, []);
		equal(post(writeShare(Uint8Array.of(4, ...N)), 2)[0]?.code, Code.ServiceUnavailable);
		advance(10_000);
		equal(
			replies.map(({ code }) => code),
			[Code.ServiceUnavailable]
		);
		const again = post(writeShare(Uint8Array.of(4, ...N)), 2);
		advance(100);
		equal(again[0]?.code, Code.Changed);
	},
	"where the paper opens an era after the joiner's statement was checked, which was for the one before":
		() => {
			const { advance, begin, post, chain, admitted } = sponsor({});
			const run = begin();
			advance(100);
			const replies = post(run());
			equal(replies, []);
			const succession = { owners: [testNode("founder").id], members: [] };
			chain.issueOpening(succession, { privateKey: paper.privateKey, time: null });
			advance(100);
			equal(
				replies.map(({ code }) => code),
				[Code.ServiceUnavailable]
			);
			equal([chain.members.size, admitted.length], [1, 0]);
		},
	"where the home gets a new password after the share, or after the proof of the old one: that opens it to nobody":
		() => {
			for (const isProven of [false, true]) {
				const { advance, begin, post, chain, admitted } = sponsor({});
				const run = begin();
				advance(100);
				const early = isProven ? post(run()) : undefined;
				const { id, privateKey } = testNode("founder");
				chain.issueCheckpoint({ author: id, privateKey, time: null }, { passwordVersion: 1 });
				equal(chain.members.passwordVersion, 1);
				const replies = early ?? post(run());
				advance(100);
				equal(
					replies.map(({ code }) => code),
					[Code.ServiceUnavailable]
				);
				equal([chain.members.size, admitted.length], [1, 0]);
			}
		},
	"where the answer itself cannot be sent: it is dropped, and the place is free": () => {
		const { advance, begin, failing, post } = sponsor({});
		failing.next = new TypeError("the socket came off");
		begin();
		equal(advance(100), failing.next);
		equal(failing.dropped, 1);
		delete failing.next;
		const again = post(writeShare(Uint8Array.of(4, ...N)), 2);
		advance(100);
		equal(again[0]?.code, Code.Changed);
	}
});
