import { identityName, spentName } from "../../../modules/node/node.js";
import { equal, ok } from "../../harness/assert.js";
import { type FakeAnswer, FakeHome, inventedId, inventedNodeId } from "../../harness/fake-home.js";
import type { MemoryPreference } from "../../harness/memory-preference.js";
import {
	applicant,
	foundHome,
	homePassword,
	homePin,
	SimulatedNetwork,
	SimulatedNode
} from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

/** What tells who answers nothing about the password. */
const withoutGuess: readonly FakeAnswer[] = ["forbidden", "unauthorized", "conflict", "nonsense", "silence"];

const wrong = /Not joined: wrong password or PIN/;
const answers = { name: "desk", type: "light", homePassword, homePin, suite: "secure", button: 3, led: 4 };

/** Lets a fake home answer at an address. */
function attach(network: SimulatedNetwork, address: string, fake: FakeHome): FakeHome {
	network.attach(address, (bytes, host, port) => {
		const answer = fake.heard(bytes);
		if (answer !== undefined) network.send(address, host, port, answer);
	});
	return fake;
}

/** So many fake homes, each at an address of its own. */
function invent(network: SimulatedNetwork, count: number): FakeHome[] {
	return Array.from({ length: count }, (_, index) => {
		const fake = new FakeHome({ id: inventedId(index) });
		return attach(network, `10.1.${index >> 8}.${index & 255}:5683`, fake);
	});
}

function sum(fakes: readonly FakeHome[]): number {
	return fakes.reduce((total, { guesses }) => total + guesses, 0);
}

function typed(network: SimulatedNetwork, given: string[] = []): SimulatedNode {
	return applicant(network, "10.0.0.9:5683", "desk", "light", given, { suite: "secure" });
}

function configured(network: SimulatedNetwork, settings = {}, preference?: MemoryPreference): SimulatedNode {
	return new SimulatedNode(network, "10.0.0.9:5683", { ...answers, ...settings }, preference);
}

export default suite("one guess for one typed password", {
	"150 invented homes get none before a person says which is theirs, and one after that": () => {
		const network = new SimulatedNetwork();
		const fakes = invent(network, 150);
		const desk = typed(network);
		desk.waitFor(
			/More than one home answers\. This is what they say of themselves, and anyone can say it:\n/
		);
		desk.waitFor(/Which is yours\?/);
		equal(sum(fakes), 0);
		desk.ask("nine", /a number from 1 to 8, or an id/);
		desk.ask("9", /a number from 1 to 8, or an id/);
		desk.type("2");
		desk.waitFor(wrong);
		network.clock.advance(600_000);
		equal(sum(fakes), 1);
		for (const answer of ["another try", "1234", "1"]) {
			desk.type(answer);
			network.clock.advance(5_000);
		}
		network.clock.advance(600_000);
		equal(sum(fakes), 2, "one for each time that it was typed");
	},
	"a home is chosen by its id among more than can be shown, and joined": () => {
		const network = new SimulatedNetwork();
		const fakes = invent(network, 20);
		const lamp = foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		const [, id = ""] = lamp.ask("status", /home +([0-9a-f]{16})/);
		const desk = typed(network);
		desk.waitFor(/Which is yours\?/);
		desk.type(id.toUpperCase());
		desk.waitFor(/ready [0-9a-f]{32} desk/);
		equal(sum(fakes), 0);
	},
	"the only one that answers gets one, however it tests it, and no second by itself": () => {
		for (const [answer, password] of [
			["guess", "a wrong guess"],
			["mask", "a wrong guess"],
			["mask", homePassword]
		] as const) {
			const network = new SimulatedNetwork();
			const fake = new FakeHome({ id: inventedId(1), password, pin: homePin, answer });
			attach(network, "10.1.0.1:5683", fake);
			const desk = typed(network);
			desk.waitFor(/Not joined: .+\nPassword/);
			network.clock.advance(600_000);
			equal([fake.guesses, fake.shares.size, fake.confirmed], [1, 1, 0], `${answer} of ${password}`);
		}
	},
	"several nodes of one home get one together": () => {
		const network = new SimulatedNetwork();
		const fakes = [1, 2, 3].map(number =>
			attach(
				network,
				`10.1.0.${number}:5683`,
				new FakeHome({
					id: inventedId(1),
					version: number,
					rounds: 1000 + number,
					node: inventedNodeId(number)
				})
			)
		);
		typed(network).waitFor(/Not joined: wrong password or PIN\.\nPassword/);
		network.clock.advance(600_000);
		equal(sum(fakes), 1);
		equal(fakes[2]?.guesses, 1, "the latest password first");
	},
	"a right guess ends it as well: nobody else gets one because the answer was lost": () => {
		const network = new SimulatedNetwork();
		const right = new FakeHome({ id: inventedId(1), password: homePassword, pin: homePin, version: 1 });
		const other = new FakeHome({ id: inventedId(1), node: inventedNodeId(2) });
		attach(network, "10.1.0.1:5683", right);
		attach(network, "10.1.0.2:5683", other);
		const desk = typed(network);
		desk.waitFor(/Not joined: no member of the home answers\.\nPassword/, 120_000);
		network.clock.advance(600_000);
		equal([right.guesses, right.confirmed > 0, other.guesses], [1, true, 0]);
		desk.cut();
		desk.start();
		network.clock.advance(600_000);
		equal([right.guesses, other.guesses], [1, 0], "nor because of a restart");
	},
	"what tests nothing is tried again, with another share each time, until somebody tests a guess": () => {
		for (const answer of withoutGuess) {
			const network = new SimulatedNetwork();
			const fake = new FakeHome({ id: inventedId(1), answer });
			attach(network, "10.1.0.1:5683", fake);
			const desk = typed(network);
			network.clock.advance(120_000);
			ok(fake.shares.size >= 3 && fake.guesses === 0, `${answer}: ${fake.shares.size} shares`);
			fake.answer = "guess";
			desk.waitFor(wrong);
			const shares = fake.shares.size;
			network.clock.advance(600_000);
			equal([fake.guesses, fake.shares.size], [1, shares]);
		}
	},
	"a sponsor that cannot help costs no guess: the next one of the home is asked": () => {
		for (const answer of withoutGuess) {
			const network = new SimulatedNetwork();
			const lamp = foundHome(network, "10.0.0.1:5683", { suite: "secure" });
			const [, id = ""] = lamp.ask("status", /home +([0-9a-f]{16})/);
			const fake = new FakeHome({ id, version: 7, answer });
			attach(network, "10.1.0.1:5683", fake);
			typed(network).waitFor(/ready [0-9a-f]{32} desk/);
			equal(fake.shares.size, 1);
		}
	},
	"a stranger who says that the name is taken, or the password wrong, does not make a joiner forget its key":
		() => {
			for (const answer of ["conflict", "unauthorized"] satisfies FakeAnswer[]) {
				const network = new SimulatedNetwork();
				const fake = new FakeHome({ id: inventedId(1), password: homePassword, pin: homePin });
				attach(network, "10.1.0.1:5683", fake);
				const desk = typed(network);
				desk.waitFor(/Not joined: no member of the home answers\.\nPassword/, 120_000);
				const kept = desk.preference.get("verifichain", identityName);
				ok(kept !== undefined);
				fake.answer = answer;
				for (const word of [homePassword, homePin]) desk.type(word);
				network.clock.advance(60_000);
				equal(desk.preference.get("verifichain", identityName), kept);
				equal([fake.guesses, fake.shares.size > 2], [1, true], "and it asks again");
			}
		},
	"a password that only some keyboards can write is refused where it is chosen and where it is typed": () => {
		const network = new SimulatedNetwork();
		const lamp = new SimulatedNode(network, "10.0.0.1:5683", { suite: "secure" });
		lamp.start("y", "lamp", "light", "Schl\u00fcsselbund");
		lamp.waitFor(/a password has letters without accents.+; once more:\n/, 10);
		for (const word of ["Schlu\u0308sselbund", "tab\tin the middle", "seven77", "x".repeat(65)])
			lamp.ask(word, /a password has .+; once more:\n/, 10);
		for (const answer of [homePassword, homePassword, "\u0661\u0662\u0663\u0664"]) lamp.type(answer);
		lamp.waitFor(/a PIN has 4 to 8 digits; once more:\n/, 10);
		for (const answer of [homePin, homePin, "begun"]) lamp.type(answer);
		lamp.waitFor(/ready /);
		lamp.type("password");
		lamp.ask("Schl\u00fcsselbund", /a password has letters without accents/, 10);
		for (const answer of ["another one", "another one", "1234", "1234"]) lamp.type(answer);
		lamp.waitFor(/The home has a new password/);
		const desk = configured(network, { homePassword: "Schl\u00fcsselbund", homePin: "1234" }).start();
		desk.waitFor(/What is configured will not do: a password has letters without accents.+\.\nPassword/, 10);
		desk.ask("Schlu\u0308sselbund", /a password has letters without accents/, 10);
		desk.type("another one");
		desk.waitFor(/ready [0-9a-f]{32} desk/);
	}
});

/** Every way to ask a device that nobody looks after: what an attacker with a switch for its power can do. */
export const configuredAnswers = suite("one guess for configured answers", {
	"a hundred power cycles, and what was tested in the first of them": () => {
		const network = new SimulatedNetwork(11);
		const fake = attach(network, "10.1.0.1:5683", new FakeHome({ id: inventedId(1) }));
		const desk = configured(network);
		for (let cycle = 0; cycle < 100; cycle += 1) {
			desk.start();
			// Some end in the middle of something, some much later.
			network.clock.advance(cycle % 10 === 0 ? 60_000 : network.dice.roll() * 700);
			desk.cut();
		}
		equal(fake.guesses, 1);
		desk.start();
		desk.waitFor(/The configured password was tried before, and is not tried again by itself\.\n/);
		desk.waitFor(/Change what is configured, press the button to try it once more, or type:\nPassword/);
		equal(desk.led.watch(), "no identity");
	},
	"where the home has shown that it knows them, a lost welcome or a power cut ends nothing": () => {
		for (const isCut of [false, true]) {
			const network = new SimulatedNetwork(5);
			const lamp = foundHome(network, undefined, { suite: "secure" });
			lamp.ask("invite 600", /Inviting/);
			const desk = configured(network);
			// From the admission on nothing of the lamp's arrives.
			network.passes = ({ from }) => !(from === lamp.address && /admitted desk/.test(lamp.output));
			desk.start();
			lamp.waitFor(/admitted desk/);
			if (isCut) {
				desk.cut();
				network.clock.advance(1_000);
				desk.start();
			} else network.clock.advance(15_000);
			network.passes = () => true;
			desk.waitFor(/ready [0-9a-f]{32} desk light/, 120_000);
			lamp.ask("status", /chain +2 blocks/);
		}
	},
	"a power cut at any write gives no second one": () => {
		for (let write = 0; write < 4; write += 1) {
			for (const kind of ["lost", "done", "torn"] as const) {
				const network = new SimulatedNetwork();
				const fake = attach(network, "10.1.0.1:5683", new FakeHome({ id: inventedId(1) }));
				const desk = configured(network).cutAt(write, kind);
				for (let cycle = 0; cycle < 4; cycle += 1) {
					desk.start();
					network.clock.advance(30_000);
					desk.cut();
				}
				// The cut came before the answer was looked at: then its sender has learned nothing.
				const isEarly = write === 0 && kind === "lost";
				equal(fake.guesses, isEarly ? 2 : 1, `answers, ${kind} at ${write}`);
				const before = fake.guesses;
				desk.start();
				network.clock.advance(30_000);
				equal(fake.guesses, before);
			}
		}
	},
	"a flash that takes nothing gives none": () => {
		const network = new SimulatedNetwork();
		const fake = attach(
			network,
			"10.1.0.1:5683",
			new FakeHome({ id: inventedId(1), password: homePassword, pin: homePin })
		);
		const desk = configured(network);
		desk.preference.failFrom = 0;
		desk.start();
		network.clock.advance(60_000);
		equal(fake.confirmed, 0);
		desk.waitFor(/Not joined: "spent" cannot be kept/);
	},
	"a press of the button, other answers, or a typed password allow one more each": () => {
		const network = new SimulatedNetwork();
		const fake = attach(network, "10.1.0.1:5683", new FakeHome({ id: inventedId(1) }));
		const desk = configured(network).start();
		const guesses = () => {
			network.clock.advance(60_000);
			return fake.guesses;
		};
		equal(guesses(), 1);
		desk.press();
		equal(guesses(), 2, "pressed");
		desk.cut();
		desk.start();
		equal(guesses(), 2, "switched on again");
		desk.press();
		equal(guesses(), 3, "pressed after that");
		desk.cut();
		const { preference } = desk;
		const changed = configured(network, { homePin: "9999" }, preference).start();
		equal(guesses(), 4, "another PIN");
		changed.cut();
		changed.start();
		equal(guesses(), 4);
		for (const answer of ["typed by hand", "1111"]) changed.type(answer);
		equal(guesses(), 5, "typed");
		changed.cut();
		configured(network, { homePin: "9999", home: inventedId(1) }, preference).start();
		equal(guesses(), 6, "another home");
	},
	"a press while there is nothing to try again is refused": () => {
		const network = new SimulatedNetwork();
		const desk = configured(network).start();
		desk.waitFor(/Not joined: no home found/);
		desk.press();
		network.clock.advance(100);
		equal(desk.led.spans.slice(-1), [80]);
	},
	"they join when the home is there, and nothing of them stays": () => {
		const network = new SimulatedNetwork();
		const desk = configured(network).start();
		desk.waitFor(/Not joined: no home found/);
		foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		desk.waitFor(/ready [0-9a-f]{32} desk/);
		ok(!desk.preference.keys("verifichain").includes(spentName));
	},
	"what is kept of them is too little to find them by it, and damaged means tried": () => {
		const network = new SimulatedNetwork();
		const fake = attach(network, "10.1.0.1:5683", new FakeHome({ id: inventedId(1) }));
		const desk = configured(network).start();
		desk.waitFor(wrong);
		const kept = desk.preference.get("verifichain", spentName);
		// A checksum of 4 bytes, a salt of 16, and 2 of the tag.
		equal(kept?.byteLength, 22);
		desk.cut();
		desk.preference.damage("verifichain", spentName, 20);
		desk.start();
		network.clock.advance(60_000);
		equal(fake.guesses, 1);
		desk.press();
		network.clock.advance(60_000);
		equal(fake.guesses, 2);
	},
	"of several homes the one that is configured is asked, and without it none": () => {
		const network = new SimulatedNetwork();
		const fakes = invent(network, 3);
		const lamp = foundHome(network, "10.0.0.1:5683", { suite: "secure" });
		const [, home = ""] = lamp.ask("status", /home +([0-9a-f]{16})/);
		const desk = configured(network).start();
		desk.waitFor(
			/Not joined: more than one home answers \(([0-9a-f]{16}, ){3}[0-9a-f]{16}\): set home= to the id of yours\. Trying again/
		);
		network.clock.advance(60_000);
		equal(sum(fakes), 0);
		desk.cut();
		lamp.type("invite");
		configured(network, { home }, desk.preference)
			.start()
			.waitFor(/ready [0-9a-f]{32} desk/);
		equal(sum(fakes), 0);
	}
});
