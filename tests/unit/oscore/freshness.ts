import { ActingOrder } from "../../../modules/oscore/acting-order.js";
import { KeyFreshness } from "../../../modules/oscore/key-freshness.js";
import { ContextError, SecurityContext } from "../../../modules/oscore/oscore.js";
import { SealedFreshness } from "../../../modules/oscore/sealed-freshness.js";
import { equal, ok, throws } from "../../harness/assert.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

/** Keys whose own nonce was made at `made`, and whose other nonce had been heard by `heard`. */
function keys(made: number, heard = made): KeyFreshness {
	return new KeyFreshness({ made, heard });
}

function context(made: number, heard = made): SecurityContext {
	const [senderId, recipientId] = [Uint8Array.of(1), Uint8Array.of(2)];
	const masterSecret = new Uint8Array(16);
	return new SecurityContext({ name: "door", masterSecret, senderId, recipientId, times: { made, heard } });
}

export default suite("oscore: freshness of keys", {
	"an Echo is good once, for the instant at which it was issued": () => {
		const { freshness } = { freshness: keys(100) };
		const echo = freshness.issue(2_000);
		equal(echo, Uint8Array.of(0, 1));
		equal(freshness.redeem(echo), 2_000);
		equal(freshness.redeem(echo), undefined);
	},
	"without an Echo a request is as old as the keys, once": () => {
		const freshness = keys(100, 150);
		equal(freshness.redeem(undefined), 100);
		equal(freshness.redeem(undefined), undefined);
	},
	"the last four are known, the nonce in the keys among them, and no others": () => {
		const freshness = keys(0);
		const echoes = Array.from({ length: 6 }, (_, index) => freshness.issue(index));
		equal(freshness.redeem(undefined), undefined);
		equal(
			echoes.map(echo => freshness.redeem(echo)),
			[undefined, undefined, 2, 3, 4, 5]
		);
		for (const strange of [Uint8Array.of(), Uint8Array.of(0, 0), Uint8Array.of(5), Uint8Array.of(0, 0, 5)]) {
			equal(freshness.redeem(strange), undefined);
		}
		const few = keys(7);
		for (let count = 0; count < 3; count += 1) few.issue(8);
		equal(few.redeem(undefined), 7, "three were issued since");
	},
	"no number is used twice: when all were issued the context is spent": () => {
		let spent = 0;
		const [senderId, recipientId] = [Uint8Array.of(1), Uint8Array.of(2)];
		const masterSecret = new Uint8Array(16);
		const used = new SecurityContext({
			name: "door",
			masterSecret,
			senderId,
			recipientId,
			onSpent: () => {
				spent += 1;
			}
		});
		for (let count = 1; count < 65_536; count += 1) ok(used.newEcho(0) !== undefined);
		equal(spent, 0);
		equal(used.newEcho(0), undefined);
		equal(used.newEcho(0), undefined);
		equal([spent, used.spent], [1, true]);
	},
	"who asks shows the last Echo that it heard, once, and within a quarter of an hour": () => {
		const freshness = keys(100, 150);
		equal(freshness.take(200), { echo: undefined, heard: 150 }, "at first the nonce in the keys");
		equal(freshness.take(200), undefined);
		freshness.hold(Uint8Array.of(0, 1), 300);
		freshness.hold(Uint8Array.of(0, 2), 400);
		equal(freshness.take(500), { echo: Uint8Array.of(0, 2), heard: 400 });
		equal(freshness.take(500), undefined);
		freshness.hold(Uint8Array.of(0, 3), 1_000);
		equal(freshness.take(901_000)?.heard, 1_000);
		freshness.hold(Uint8Array.of(0, 4), 1_000);
		equal(freshness.take(901_001), undefined);
		freshness.hold(Uint8Array.of(4), 1_000);
		equal(freshness.take(1_000), undefined, "one that is none");
	},
	"keys of which nobody says when they were made prove nothing and supersede nothing": () => {
		const bare = new KeyFreshness();
		equal(bare.take(0), undefined);
		equal(bare.redeem(undefined), Number.NEGATIVE_INFINITY);
		ok(!bare.supersedes(keys(1).times));
		ok(!keys(1).supersedes(bare.times));
	},
	"of two keys the newer are those for which a nonce was made after the other side's for the older was heard":
		() => {
			const old = keys(10, 20);
			ok(keys(21).supersedes(old.times));
			ok(!keys(20).supersedes(old.times));
			// Two renewals that crossed.
			const [one, other] = [keys(10, 30), keys(20, 40)];
			ok(!one.supersedes(other.times) && !other.supersedes(one.times));
		},
	"whatever the messages between two do, they never both take the other's older keys for newer": () => {
		// Of each keys: when each side made its nonce, and when the other heard it, on one time line.
		const moments = [0, 1, 2, 3];
		const runs: { mine: KeyFreshness; theirs: KeyFreshness }[] = [];
		for (const a of moments) {
			for (const b of moments) {
				for (const late of moments) {
					for (const later of moments) {
						const [aHeard, bHeard] = [a + late, b + later];
						runs.push({ mine: keys(a, bHeard), theirs: keys(b, aHeard) });
					}
				}
			}
		}
		for (const x of runs) {
			for (const y of runs) ok(!(x.mine.supersedes(y.mine.times) && y.theirs.supersedes(x.theirs.times)));
		}
	},
	"requests are in order by their numbers under the same keys, else by which keys are newer": () => {
		const clock = new VirtualClock();
		const [old, crossed, newer] = [context(10, 30), context(20, 40), context(50)];
		const request = (under: SecurityContext, sequence: number) =>
			new SealedFreshness({ clock, context: under, sequence, options: [] });
		ok(request(old, 2).isAfter(request(old, 1).place));
		ok(!request(old, 1).isAfter(request(old, 1).place) && !request(old, 1).isAfter(request(old, 2).place));
		equal(Object.values(request(old, 2).place), [{ made: 10, heard: 30 }, 2], "and holds on to no keys");
		ok(request(newer, 0).isAfter(request(old, 9).place));
		ok(
			!request(old, 9).isAfter(request(newer, 0).place) && !request(crossed, 9).isAfter(request(old, 0).place)
		);
	},
	"requests that act go under the same or newer keys, within the time in which they can act": () => {
		const clock = new VirtualClock();
		const order = new ActingOrder(clock);
		const [first, crossed, newer] = [context(10, 30), context(20, 40), context(50)];
		order.seal(first);
		throws(() => order.seal(crossed), ContextError, "newer");
		order.seal(first);
		order.seal(newer);
		throws(() => order.seal(first), ContextError, "newer");
		clock.advance(20_001);
		order.seal(crossed);
	}
});
