import { toHex } from "../../modules/bytes/bytes.js";
import type { Chain } from "../../modules/chain/chain.js";
import { Rank } from "../../modules/chain/chain.js";
import type { Table as RealTable } from "../../modules/chain/table.js";
import { asks, keyText, nodeOf, numberOf, plainKeyText, typesOf } from "./concrete.js";
import type { Judgement } from "./judgement.js";
import type { Block, Id, Key, Right, Table } from "./words.js";

/** What all comes to, in words that both sides have: whoever reads a difference sees where it is. */
export type Standing = Readonly<Record<string, unknown>>;

const rankNames = ["provisional", "member", "owner"];
const prefixText = (hash: number): string => hash.toString(16).padStart(12, "0");

/** What a chain keeps, and under which base. */
export function keptOf(chain: Chain): Standing {
	const kept: string[] = [];
	for (let number = 0; number < chain.length; number += 1) {
		if (chain.isLive(number)) kept.push(prefixText(numberOf(chain.hashAt(number))));
	}
	return {
		base: chain.base === undefined ? undefined : prefixText(numberOf(chain.base.hash)),
		kept: kept.sort()
	};
}

export function modelKept(base: { hash: number }, { kept }: Judgement): Standing {
	return { base: prefixText(base.hash), kept: [...kept].map(({ hash }: Block) => prefixText(hash)).sort() };
}

/** The standing of a chain. */
export function standingOf(chain: Chain): Standing {
	const { members } = chain;
	const twice = new Map<Id, Set<number>>();
	for (const { author, sequence, isRotate } of chain.evidence) {
		if (!isRotate) twice.set(author, (twice.get(author) ?? new Set()).add(sequence));
	}
	const removed: string[] = [];
	for (let number = 0; number < members.removedIds.count; number += 1)
		removed.push(toHex(members.removedIds.at(number)));
	return {
		...keptOf(chain),
		members: members.all.map(
			({ idText, rank, key, turn, isFrozen, sponsor, name, types, guards }) =>
				`${idText} ${rankNames[rank]} ${toHex(key)} ${turn} ${isFrozen} ${rank === Rank.provisional && sponsor !== null ? toHex(sponsor) : ""} ${name} ${toHex(types)} ${guards}`
		),
		removed: removed.sort(),
		grants: [...members.roster.grants].map(
			({ id, node, device }) => `${toHex(id)} ${node === null ? "all" : toHex(node)} ${device ?? "all"}`
		),
		demands: demandTexts(members.policies),
		twice: [...twice].map(([id, sequences]) => `${id} ${[...sequences].sort((a, b) => a - b)}`).sort(),
		password: members.passwordVersion
	};
}

const demandTexts = (policies: RealTable["policies"]): string[] =>
	policies
		.flatMap(({ node, device, asksTwo, autoLock }) => {
			const where = `${toHex(node)} ${device ?? "all"}`;
			return [...(asksTwo ? [`two ${where}`] : []), ...(autoLock === null ? [] : [`lock ${where}`])];
		})
		.sort();

const demandText = ({ who, node, device }: Right): string =>
	`${asks(who).asksTwo ? "two" : "lock"} ${node} ${device}`;

/** The standing of the model. `names`: the real keys by the model's. */
export function modelStanding(
	base: { hash: number; table: Table },
	judgement: Judgement,
	names: ReadonlyMap<Key, string>
): Standing {
	const sequences = [...judgement.equivocations].filter(([, list]) => list.length > 0);
	return {
		...modelKept(base, judgement),
		members: [...judgement.members.values()].map(
			({ id, rank, key, turn, frozen, sponsor, name, types, guards }) =>
				`${id} ${rank} ${names.get(plainKeyText(key))} ${turn} ${frozen} ${rank === "provisional" ? (sponsor ?? "") : ""} ${name} ${toHex(typesOf(types))} ${guards}`
		),
		removed: [...judgement.removed].sort(),
		grants: judgement.grants.map(({ who, node, device }) => `${who} ${node} ${device}`),
		demands: [...new Set(judgement.demands.map(demandText))].sort(),
		twice: sequences.map(([id, list]) => `${id} ${[...list].sort((a, b) => a - b)}`).sort(),
		password: base.table.password
	};
}

/** What a table says. */
export function tableText({ members, covers, policies, passwordVersion, removed }: RealTable): Standing {
	const ids: string[] = [];
	for (let number = 0; number < removed.count; number += 1) ids.push(toHex(removed.at(number)));
	return {
		rows: [...members].map(
			({ idText, rank, key, turn, isFrozen, sponsor, name, types, guards }) =>
				`${idText} ${rankNames[rank]} ${rank === Rank.owner ? "" : `${toHex(key)} ${turn} ${isFrozen}`} ${rank === Rank.provisional && sponsor !== null ? toHex(sponsor) : ""} ${name} ${toHex(types)} ${guards}`
		),
		removed: ids,
		covers: covers.map(
			({ id, taking, hash }) => `${toHex(id)} ${taking} ${hash === null ? "" : prefixText(numberOf(hash))}`
		),
		grants: [...members.grants].map(
			({ id, node, device }) => `${toHex(id)} ${node === null ? "" : toHex(node)} ${device ?? "all"}`
		),
		demands: demandTexts(policies),
		password: passwordVersion
	};
}

export function modelTableText(table: Table, names: ReadonlyMap<Key, string>): Standing {
	return {
		rows: table.rows.map(
			({ id, rank, key, turn, frozen, sponsor, name, types, guards }) =>
				`${id} ${rank} ${rank === "owner" ? "" : `${names.get(plainKeyText(key))} ${turn} ${frozen}`} ${rank === "provisional" ? (sponsor ?? "") : ""} ${name} ${toHex(typesOf(types))} ${guards}`
		),
		removed: [...table.removed],
		covers: [...table.covered].map(([id, taking]) => {
			const last = table.last.get(id);
			return `${id} ${taking} ${last === undefined ? "" : prefixText(last)}`;
		}),
		grants: table.grants.map(({ who, node, device }) => `${who} ${node} ${device}`),
		demands: [...new Set(table.demands.map(demandText))].sort(),
		password: table.password
	};
}

/** The first place at which two standings differ, in words; undefined where they are alike. */
export function difference(real: Standing, model: Standing): string | undefined {
	for (const part of Object.keys(model)) {
		const [one, other] = [JSON.stringify(real[part]), JSON.stringify(model[part])];
		if (one !== other) return `${part}: the chain has\n  ${one}\nthe oracle\n  ${other}`;
	}
	return undefined;
}

/** Names of the real keys by those of the relabelled model. */
export const namesOf = (keys: Iterable<Key>): Map<Key, string> =>
	new Map([...keys].map(key => [plainKeyText(keyText(key, 0)), toHex(nodeOf(key).key)]));
