import { decodeUtf8, encodeUtf8 } from "../../../modules/bytes/bytes.js";
import { parseAddress } from "../../../modules/node/address.js";
import { readAnnouncement } from "../../../modules/node/announcement.js";
import { passwordBytes, privateKeyFrom } from "../../../modules/node/identity.js";
import { MessageError } from "../../../modules/node/notation.js";
import { Peers, peersName } from "../../../modules/node/peers.js";
import { throttled } from "../../../modules/node/throttled.js";
import { paperSuite } from "../../../modules/paper/paper.js";
import {
	messageText,
	openMessage,
	sealMessage,
	textField,
	textsField
} from "../../../modules/paper/paper-message.js";
import { Store } from "../../../modules/store/store.js";
import { Vigenere } from "../../../modules/vigenere/vigenere.js";
import { bytes, equal, hex, ok, throws } from "../../harness/assert.js";
import { MemoryPreference } from "../../harness/memory-preference.js";
import { suite } from "../../harness/suite.js";
import { VirtualClock } from "../../harness/virtual-clock.js";

const key = new Vigenere(encodeUtf8("VerifiChain"));

export default suite("node's messages and records", {
	"a message goes through the cipher and back, whatever its letters": () => {
		for (const name of ["lamp", "Küche", "灯", "💡", '"\\/\n', ""]) {
			const payload = sealMessage({ request: "task", name, peers: ["a", "b"] }, key);
			ok(
				payload.every(byte => byte >= 0x20 && byte < 0x7f),
				"printable ASCII alone"
			);
			equal(openMessage(payload, key), { request: "task", name, peers: ["a", "b"] });
		}
	},
	"the text before the cipher is JSON in ASCII": () => {
		equal(decodeUtf8(messageText({ a: "é💡" })), '{"a":"\\u00e9\\ud83d\\udca1"}');
	},
	"a payload under another key is no message": () => {
		const payload = sealMessage({ request: "task", action: "on" }, key);
		throws(
			() => openMessage(payload, new Vigenere(encodeUtf8("verifiChain"))),
			MessageError,
			"not a message under this home's key"
		);
		throws(() => openMessage(new Uint8Array(0), key), MessageError);
		throws(() => openMessage(bytes("ff00"), key), MessageError);
	},
	"what is JSON but no object is no message": () => {
		for (const text of ["1", "null", '"text"', "[1]", "{", '{"a":1}x', "true"]) {
			throws(() => openMessage(key.encipher(encodeUtf8(text)), key), MessageError);
		}
	},
	"deep nesting is refused before the parser sees it, brackets in texts do not count": () => {
		const deep = key.encipher(encodeUtf8(`{"name":${"[".repeat(20_000)}`));
		throws(() => openMessage(deep, key), MessageError);
		const flat = { name: '[[[[[[{{{{"[[[\\' };
		equal(openMessage(sealMessage(flat, key), key), flat);
	},
	"names that no message has, and more values than any has, are refused before the parser sees them": () => {
		const read = (text: string) => openMessage(key.encipher(encodeUtf8(text)), key);
		equal(read(`{ "name" : "a: b, \\"c\\": d" , "peers":[":"]}`), { name: 'a: b, "c": d', peers: [":"] });
		for (const text of [
			`{"name1":1}`,
			`{"name":{"x":1}}`,
			`{"n\\u0061me":1}`,
			`{"":1}`,
			`{"name" :1,"other"  : 2}`,
			`{"peers":[${"0,".repeat(300)}0]}`
		]) {
			throws(() => read(text), MessageError, "not a message");
		}
	},
	"fields are what they should be, or refused": () => {
		throws(() => textField({ a: 1 }, "a"), MessageError, '"a"');
		throws(() => textField({}, "a"), MessageError, '"a"');
		equal(textsField({}, "a", 2), []);
		equal(textsField({ a: ["x"] }, "a", 2), ["x"]);
		throws(() => textsField({ a: ["x", "y", "z"] }, "a", 2), MessageError);
		throws(() => textsField({ a: ["x", 1] }, "a", 2), MessageError);
		throws(() => textsField({ a: "x" }, "a", 2), MessageError);
	},
	"password and PIN cannot be confused": () => {
		ok(hex(passwordBytes("password1", "2345")) !== hex(passwordBytes("password", "12345")));
		equal(hex(passwordBytes("ab", "1")), "02000000000000006162010000000000000031");
	},
	"the identity key needs the entropy, not only the password": () => {
		const stretched = bytes("11".repeat(32));
		const first = privateKeyFrom(stretched, bytes("22".repeat(32)));
		equal(first.length, 32);
		ok(hex(first) !== hex(privateKeyFrom(stretched, bytes("23".repeat(32)))));
		equal(hex(first), hex(privateKeyFrom(stretched, bytes("22".repeat(32)))));
	},
	"an address is IPv4 with a port": () => {
		equal(parseAddress("10.0.0.1:7"), { host: "10.0.0.1", port: 7 });
		equal(parseAddress("10.0.0.1"), { host: "10.0.0.1", port: 5683 });
		for (const text of [
			"",
			"lamp",
			"10.0.0:1",
			"10.0.0.256:1",
			"10.0.0.1:0",
			"10.0.0.1:65536",
			"::1",
			"1.2.3.4:5 "
		]) {
			equal(parseAddress(text), undefined, text);
		}
	},
	"announcements of others are read with care": () => {
		const link = (attributes: string) => encodeUtf8(`</sync>;rt="verifichain";${attributes}`);
		const home = 'home="0102030405060708"';
		const base = 'base="01020304050607080102030405060708.3"';
		const node = `ep="11121314151617181112131415161718";${base}`;
		const good = readAnnouncement(link(`${home};${node};suite="paper";rounds="4096"`), [paperSuite]);
		equal(good?.node, "11121314151617181112131415161718");
		equal(good?.rounds, 4096);
		equal([good?.era[0], good?.checkpoint], [1, 3]);
		for (const wrong of [
			`${home};${node};suite="secret";rounds="4096"`,
			`${home};${node};suite="paper";rounds="1"`,
			`${home};${node};suite="paper";rounds="99999999"`,
			`${home};${node};suite="paper";rounds="4096";version="-1"`,
			`${home};ep="x";${base};suite="paper";rounds="4096"`,
			`${home};${node.replace(".3", ".4294967296")};suite="paper";rounds="4096"`,
			`${home};${node.replace(base, "base=1")};suite="paper";rounds="4096"`,
			`home="01";${node};suite="paper";rounds="4096"`,
			'home="zz'
		]) {
			equal(readAnnouncement(link(wrong), [paperSuite]), undefined, wrong);
		}
		const long = `${home};${node};suite="paper";rounds="4096";made-up="${"x".repeat(1000)}"`;
		equal(readAnnouncement(link(long), [paperSuite]), undefined, "longer than a datagram");
		equal(readAnnouncement(bytes("ff"), [paperSuite]), undefined);
		equal(readAnnouncement(encodeUtf8("</light>;rt=light"), [paperSuite]), undefined);
	},
	"addresses of 63 peers are known, and the 42 met last fit one value and come back": () => {
		const store = new Store({ preference: new MemoryPreference(), domain: "test" });
		const peers = new Peers(store);
		const id = (number: number) => number.toString(16).padStart(32, "0");
		for (let number = 1; number <= 70; number += 1) {
			peers.learn(id(number), { host: `10.0.0.${number}`, port: 65_535 });
		}
		equal(peers.all.length, 63);
		equal([peers.addressOf(id(8))?.host, peers.addressOf(id(7))], ["10.0.0.8", undefined], "the oldest");
		const again = new Peers(store);
		equal(again.load(), undefined);
		equal(again.all.length, 42);
		equal(again.addressOf(id(70)), { host: "10.0.0.70", port: 65_535 });
		equal([again.addressOf(id(29))?.host, again.addressOf(id(28))], ["10.0.0.29", undefined], "the oldest");
	},
	"at an address there is one peer, the last seen there": () => {
		const peers = new Peers(new Store({ preference: new MemoryPreference(), domain: "test" }));
		const where = { host: "10.0.0.1", port: 1 };
		peers.learn("00000000000000000000000000000001", where);
		peers.learn("00000000000000000000000000000002", where);
		equal(peers.all, ["00000000000000000000000000000002"]);
	},
	"where somebody is to be asked who has not shown anything costs no write, and is nobody's place till then":
		() => {
			const preference = new MemoryPreference();
			const peers = new Peers(new Store({ preference, domain: "test" }));
			const where = { host: "10.0.0.1", port: 1 };
			const id = "00000000000000000000000000000001";
			peers.learn(id, where, false);
			equal([peers.addressOf(id), peers.at(where), preference.writes], [where, undefined, 0]);
			peers.learn(id, where);
			equal(peers.at(where), id);
		},
	"what anybody may have said of a place puts nobody out who was seen there": () => {
		const peers = new Peers(new Store({ preference: new MemoryPreference(), domain: "test" }));
		const where = { host: "10.0.0.1", port: 1 };
		const [member, owner] = ["00000000000000000000000000000001", "00000000000000000000000000000002"];
		peers.learn(member, where);
		peers.learn(owner, where, false);
		equal([peers.addressOf(owner), peers.addressOf(member), peers.at(where)], [where, where, member]);
		peers.learn(member, where, false);
		equal(peers.at(where), member, "and who was seen there stays so");
		// Once it has shown that it is there, it alone is.
		peers.learn(owner, where);
		equal([peers.addressOf(member), peers.at(where), peers.all], [undefined, owner, [owner]]);
	},
	"what is only heard of an address is taken where nothing is known, and takes nobody's place": () => {
		const store = new Store({ preference: new MemoryPreference(), domain: "test" });
		const peers = new Peers(store);
		const seen: string[] = [];
		const at = (last: number, port = 5683) => ({ host: `10.0.0.${last}`, port });
		const id = (number: number) => new Uint8Array(16).fill(number, 15);
		peers.learn(hex(id(1)), at(1));
		peers.onSeen = who => seen.push(who);
		const before = store.writes;
		peers.hear(hex(id(1)), [
			{ id: id(1), address: at(66) },
			{ id: id(2), address: at(1) },
			{ id: id(3), address: at(3) },
			{ id: id(4), address: at(4) },
			{ id: id(5), address: { host: "255.255.255.255", port: 5683 } },
			{ id: id(6), address: { host: "224.0.1.187", port: 5683 } },
			{ id: id(7), address: at(7, 0) }
		]);
		equal(store.writes - before, 1, "writes");
		peers.hear(hex(id(1)), [{ id: id(3), address: at(77) }]);
		equal(store.writes - before, 1, "nothing new");
		for (const known of [peers, new Peers(store)]) {
			if (known !== peers) known.load();
			const addresses = [1, 2, 3, 4, 5, 6, 7].map(number => known.addressOf(hex(id(number)))?.host);
			equal(addresses.slice(0, 4), ["10.0.0.1", undefined, "10.0.0.3", "10.0.0.4"]);
			equal(addresses.slice(4), [undefined, undefined, undefined]);
			equal(known.all[2], hex(id(1)), "seen last");
			equal([known.at(at(1)), known.at(at(3))], [hex(id(1)), undefined], "seen there, said to be there");
		}
		equal(seen, [], "nobody was seen");
		const heard = store.writes;
		peers.learn(hex(id(3)), at(3));
		equal([peers.at(at(3)), store.writes], [hex(id(3)), heard], "seen there now, which is not worth a write");
		peers.learn(hex(id(8)), at(4));
		equal(
			[peers.at(at(4)), peers.addressOf(hex(id(4)))],
			[hex(id(8)), undefined],
			"who is seen there is there"
		);
		for (let number = 10; number < 80; number += 1) peers.learn(hex(id(number)), at(number));
		peers.hear(hex(id(1)), [{ id: id(90), address: at(90) }]);
		equal(peers.addressOf(hex(id(90))), undefined, "no room");
		equal(peers.all.length, 63);
	},
	"what strangers cause is reported at most once in 5 seconds": () => {
		const clock = new VirtualClock();
		const heard: string[] = [];
		const report = throttled(clock, text => heard.push(text));
		for (let count = 0; count < 100; count += 1) report("knock");
		clock.advance(5_000);
		report("knock");
		equal(heard, ["knock", "knock (and 99 more like it)"]);
	},
	"damaged addresses are reported and done without": () => {
		const preference = new MemoryPreference();
		const store = new Store({ preference, domain: "test" });
		new Peers(store).learn("00000000000000000000000000000001", { host: "10.0.0.1", port: 1 });
		preference.damage("test", peersName, 6);
		const peers = new Peers(store);
		ok(peers.load()?.includes("damaged"));
		equal(peers.all, []);
	}
});
