import { fromHex, toHex } from "../../../modules/bytes/bytes.js";
import { neighboursOf, ringOf } from "../../../modules/node/neighbours.js";
import { equal, ok } from "../../harness/assert.js";
import { Dice } from "../../harness/simulation.js";
import { suite } from "../../harness/suite.js";

/** The members of a home, and what each alone knows. */
function home(size: number, seed: number) {
	const dice = new Dice(seed);
	const ids = Array.from({ length: size }, () => toHex(dice.bytes(16)));
	const secrets = new Map(ids.map(id => [id, dice.bytes(32)]));
	const of = (id: string, all = ids) =>
		neighboursOf(secrets.get(id) ?? new Uint8Array(32), fromHex(id), ringOf(all.map(fromHex)));
	return { dice, ids, of };
}

export default suite("neighbours", {
	"are five at most, all others in a small home, and the same while the members are": () => {
		for (let size = 1; size <= 6; size += 1) {
			const { ids, of } = home(size, size);
			for (const id of ids)
				equal([...of(id)].sort(), ids.filter(other => other !== id).sort(), `${size} members`);
		}
		const { ids, of } = home(64, 1);
		for (const id of ids) {
			equal([of(id).length, of(id)], [5, of(id, [...ids].reverse())]);
			ok(!of(id).includes(id));
		}
	},
	"hand news on to everyone within a few hops": () => {
		for (let seed = 1; seed <= 20; seed += 1) {
			const { ids, of } = home(64, seed);
			const [first = ""] = ids;
			let reached = new Set([first]);
			let hops = 0;
			for (; reached.size < 64; hops += 1) {
				reached = new Set([...reached, ...[...reached].flatMap(id => of(id))]);
				ok(hops < 10, "all hear of it");
			}
			ok(hops <= 6, `${hops} hops`);
		}
	},
	"are not all of somebody's choice, however its ids stand on the ring": () => {
		const { dice, ids, of } = home(20, 3);
		const victims = ids.slice(0, 10);
		let around = 0;
		for (const victim of victims) {
			// All places beside the victim, and on to the farthest distance.
			const near = Array.from({ length: 15 }, (_, count) => {
				const beside = BigInt(`0x${victim}`) + BigInt(count < 12 ? count + 1 : 11 - count);
				return beside.toString(16).padStart(32, "0");
			});
			const honest = of(victim, [...ids, ...near]).filter(id => ids.includes(id));
			if (honest.length === 0) around += 1;
		}
		ok(around <= 3, `${around} of ten had nobody else`);
		const [victim = ""] = ids;
		const lots = [1, 2, 3, 4].map(() =>
			neighboursOf(dice.bytes(32), fromHex(victim), ringOf(ids.map(fromHex))).join()
		);
		equal(new Set(lots).size, 4, "another secret, other neighbours");
	}
});
