import { Kind } from "../../../modules/chain/chain.js";
import { HomeDuties } from "../../../modules/node/home-duties.js";
import { Issuer } from "../../../modules/node/issuer.js";
import { equal, ok } from "../../harness/assert.js";
import { MemoryStorage } from "../../harness/blocks.js";
import { Story } from "../../harness/chain-story.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** The node of a member, which does by itself what it owes the home. */
function nodeOf(story: Story, name: string, from: ReturnType<Story["chain"]>) {
	const clock = new VirtualClock();
	const chain = story.chain(new MemoryStorage(), name);
	story.merge(chain, from);
	const { id, privateKey, key: publicKey } = story.node(name);
	const issuer = new Issuer({ chain, clock, identity: { id, privateKey, publicKey }, time: () => null });
	const reports: string[] = [];
	const touch = { isHere: true };
	/** Those that are to sign, where they wait for something. */
	const waiting: (() => void)[] = [];
	const wait = { isDue: false };
	const duties = new HomeDuties({
		clock,
		random: count => new Uint8Array(count).fill(128),
		chain,
		issuer,
		id,
		beforeSigning: sign => {
			if (wait.isDue) waiting.push(sign);
			else sign();
		},
		isInTouch: () => touch.isHere,
		onLapsed: () => undefined,
		report: text => reports.push(text)
	});
	chain.onChanged(() => duties.changed());
	duties.start();
	clock.advance(20_000);
	return { clock, chain, duties, reports, touch, wait, waiting };
}

export default suite("what a node does for the home by itself", {
	"an owner's node covers what another took in a line that lost, once, and not at once": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk", "thief"]);
		const away = story.copy(home);
		story.remove(away, "door", "thief");
		const { clock, chain, reports } = nodeOf(story, "lamp", home);
		equal(chain.checkpoint, 0, "there was nothing to do");
		story.checkpoint(home, "lamp");
		story.merge(chain, home);
		story.merge(chain, away);
		equal([chain.checkpoint, story.members(chain)], [1, ["desk", "door", "lamp"]]);
		clock.advance(1_000);
		equal(chain.checkpoint, 1);
		clock.advance(10_000);
		equal([chain.checkpoint, story.members(chain)], [2, ["desk", "door", "lamp"]]);
		equal(reports, ["made checkpoint 2: it covers what owners took back"]);
		clock.advance(3_600_000);
		equal(chain.checkpoint, 2);
	},
	"none while nobody is heard, and then": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk", "thief"]);
		const away = story.copy(home);
		story.remove(away, "door", "thief");
		story.checkpoint(home, "lamp");
		const { clock, chain, duties, touch } = nodeOf(story, "lamp", home);
		touch.isHere = false;
		story.merge(chain, away);
		clock.advance(3_600_000);
		equal(chain.checkpoint, 1);
		touch.isHere = true;
		duties.changed();
		clock.advance(12_000);
		equal(chain.checkpoint, 2);
	},
	"nobody else's does, nor one that has been stopped": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk", "thief"]);
		const away = story.copy(home);
		story.remove(away, "door", "thief");
		story.checkpoint(home, "lamp");
		const desk = nodeOf(story, "desk", home);
		const lamp = nodeOf(story, "lamp", home);
		lamp.duties.stop();
		for (const { chain, clock } of [desk, lamp]) {
			story.merge(chain, away);
			clock.advance(60_000);
			equal(chain.checkpoint, 1);
		}
	},
	"the first owner's node makes room within seconds, another's an hour later": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		for (let count = 0; count < 7; count += 1) {
			story.describe(home, "desk", { name: "desk", types: Uint8Array.of(1, count) });
		}
		const [first, other] = ["lamp", "door"].sort((a, b) =>
			story.node(a).id < story.node(b).id ? -1 : 1
		) as [string, string];
		const [one, two] = [nodeOf(story, first, home), nodeOf(story, other, home)];
		one.clock.advance(11_000);
		two.clock.advance(11_000);
		equal([one.chain.checkpoint, two.chain.checkpoint], [1, 0], `${first}, ${other}`);
		two.clock.advance(3_700_000);
		equal(two.chain.checkpoint, 1);
	},
	"an hour after owners have admitted somebody the first owner's node makes a checkpoint, and one for several":
		() => {
			const story = new Story();
			const home = story.withMembers("desk");
			const { clock, chain, reports } = nodeOf(story, "lamp", home);
			clock.advance(1_800_000);
			story.add(chain, "lamp", "door");
			clock.advance(1_700_000);
			equal(chain.checkpoint, 0);
			clock.advance(200_000);
			equal([chain.checkpoint, reports], [1, ["made checkpoint 1: it keeps whom owners admitted"]]);
			clock.advance(4_000_000);
			equal(chain.checkpoint, 1);
		},
	"whom it admitted under a base that lost, it admits again while the statement is good": () => {
		const story = new Story();
		const home = story.withMembers("door");
		const { clock, chain } = nodeOf(story, "door", home);
		story.add(chain, "door", "desk");
		story.checkpoint(home, "lamp");
		story.merge(chain, home);
		equal(story.members(chain), ["door", "lamp"]);
		clock.advance(5_000);
		equal(story.members(chain), ["desk", "door", "lamp"]);
		ok(Array.from({ length: chain.length }, (_, number) => chain.kindAt(number)).includes(Kind.add));
	},
	"says it once, where it was to say it twice before it could sign, and nothing once it was stopped": () => {
		for (const isStopped of [false, true]) {
			const story = new Story();
			const home = story.withMembers("door");
			const { clock, chain, duties, reports, wait, waiting } = nodeOf(story, "door", home);
			story.add(chain, "door", "desk");
			story.checkpoint(home, "lamp");
			wait.isDue = true;
			story.merge(chain, home);
			for (let look = 0; look < 2; look += 1) {
				duties.changed();
				clock.advance(2_000);
			}
			equal(waiting.length, 2);
			const { length } = chain;
			for (const sign of waiting) sign();
			if (isStopped) duties.stop();
			clock.advance(60_000);
			equal(chain.length - length, isStopped ? 0 : 1);
			equal(reports, []);
		}
	},
	"a grant is told instead, once": () => {
		const story = new Story();
		const home = story.withOwners(["door"], ["desk"]);
		const { clock, chain, reports } = nodeOf(story, "door", home);
		story.grant(chain, "door", "desk", 3, "door");
		story.checkpoint(home, "lamp");
		story.merge(chain, home);
		clock.advance(60_000);
		equal(reports.filter(text => text.includes("to be given again: grant desk")).length, 1, reports.join());
		equal(story.may(chain, "desk", 3, "door"), false);
	}
});
